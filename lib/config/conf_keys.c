#include "config/conf_table.h"

#include <string.h>

/* clang-format off */

#define MS     INT64_C(1)
#define SECOND (1000 * MS)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)

#define SPOT(member) offsetof(struct conf, spot.member)
#define POLL(member) offsetof(struct conf, poll.member)
#define PAIR(member) offsetof(struct conf_pair, member)
#define EXTRA(member) offsetof(struct conf_side, member)

/*  path, type, need, where the value goes, default, least, most, help */

#define PRIMARY(member) PAIR(primary.member)
#define SECONDARY(member) PAIR(secondary.member)

#define SIDE_KEYS(side, AT) \
KEY("pairs[]." #side ".cloudspace", SUBDOMAIN, REQUIRED, AT(cloudspace), "required", 0, 0, \
    "name of the cloudspace, as Spot lists it") \
KEY("pairs[]." #side ".kubeconfig", PATHS, OPTIONAL, AT(kubeconfig), "", 0, 0, \
    "kubeconfig of the cluster, or several, separated by colons; without one, the endpoint that " \
    "Spot reports and the Spot token") \
KEY("pairs[]." #side ".context", TEXT, OPTIONAL, AT(context), "", 0, 0, \
    "context in the kubeconfig; default: its current-context") \
KEY("pairs[]." #side ".token_file", PATH, OPTIONAL, AT(token_file), "", 0, 0, \
    "file with a bearer token, instead of the kubeconfig's credential; read again when it changes") \
KEY("pairs[]." #side ".ca_file", PATH, OPTIONAL, AT(ca_file), "", 0, 0, \
    "file with the cluster's CA certificates, instead of the kubeconfig's") \
KEY("pairs[]." #side ".insecure", BOOLEAN, OPTIONAL, AT(insecure), "false", 0, 0, \
    "do not verify the API server's certificate: anyone on the network path can read the token") \
KEY("pairs[]." #side ".in_cluster", BOOLEAN, OPTIONAL, AT(in_cluster), "false", 0, 0, \
    "use the cluster in which hawatchd itself runs, with its pod's service account") \
KEY("pairs[]." #side ".allow_exec", BOOLEAN, OPTIONAL, AT(allow_exec), "false", 0, 0, \
    "run the credential plugin that the kubeconfig names") \
KEY("pairs[]." #side ".max_nodes", INTEGER, OPTIONAL, AT(max_nodes), "", 1, 100000, \
    "maximum number of nodes of the side; default: the sum of the node pools' maxima") \
KEY("pairs[]." #side ".min_available", INTEGER, OPTIONAL, AT(min_available), "1", 1, \
    100000, "available nodes that the side needs to be UP")

#define KEYS \
KEY("spot.api_url", URL, OPTIONAL, SPOT(api_url), "https://spot.rackspace.com", 0, 0, \
    "the Rackspace Spot API") \
KEY("spot.auth_url", URL, OPTIONAL, SPOT(auth_url), "https://login.spot.rackspace.com", 0, 0, \
    "URL where the refresh token is exchanged for an id_token") \
KEY("spot.client_id", TEXT, OPTIONAL, SPOT(client_id), "mwG3lUMV8KyeMqHe4fJ5Bb3nM1vBvRNa", 0, 0, \
    "OAuth client ID of the token exchange; public, the same for all users") \
KEY("spot.ca_file", PATH, OPTIONAL, SPOT(ca_file), "", 0, 0, \
    "file with CA certificates for these URLs; default: the system's") \
KEY("spot.refresh_token_file", PATH, OPTIONAL, SPOT(refresh_token_file), "", 0, 0, \
    "file with the refresh token; read again when it changes") \
KEY("spot.organization", TEXT, OPTIONAL, SPOT(organization), "", 0, 0, \
    "name, id or namespace of the organization; default: that of the token, else the only one") \
KEY("spot.price_url", URL, OPTIONAL, SPOT(price_url), "", 0, 0, \
    "URL of the public market price file (percentiles.json); without it, prices are not polled") \
KEY("spot.status_page_url", URL, OPTIONAL, SPOT(status_page_url), "", 0, 0, \
    "URL of Spot's status page; `hawatch explain` shows it") \
\
KEY("poll.interval", DURATION, OPTIONAL, POLL(interval_ms), "5s", 10 * MS, HOUR, \
    "time between two health probes of a side: its nodes; up to 1/16 shorter, so that sides do not poll together") \
KEY("poll.inventory_interval", DURATION, OPTIONAL, POLL(inventory_interval_ms), "30s", \
    10 * MS, DAY, "time between two inventory rounds: pods, runners, apps; they do not decide the status") \
KEY("poll.pod_interval", DURATION, OPTIONAL, POLL(pod_interval_ms), "5m", 0, DAY, \
    "time between two lists of all pods of a cluster, for the CPU that they request; 0s: they are never listed") \
KEY("poll.spot_interval", DURATION, OPTIONAL, POLL(spot_interval_ms), "30s", 10 * MS, HOUR, \
    "time between two rounds at the Spot API") \
KEY("poll.price_interval", DURATION, OPTIONAL, POLL(price_interval_ms), "5m", 10 * MS, DAY, \
    "time between two requests for the market price file") \
KEY("poll.confirm_interval", DURATION, OPTIONAL, POLL(confirm_interval_ms), "1s", 10 * MS, HOUR, \
    "time before the next probe of a side whose last result disagrees with its verdict") \
KEY("poll.timeout", DURATION, OPTIONAL, POLL(timeout_ms), "10s", 10 * MS, HOUR, \
    "maximum time of one request, including DNS lookup and connecting") \
KEY("poll.fall", INTEGER, OPTIONAL, POLL(fall), "3", 1, 100, \
    "number of agreeing results in a row that take a side out of UP") \
KEY("poll.rise", INTEGER, OPTIONAL, POLL(rise), "2", 1, 100, \
    "number of agreeing results in a row that bring a side UP") \
KEY("poll.unreachable_for", DURATION, OPTIONAL, POLL(unreachable_for_ms), "90s", 10 * MS, DAY, \
    "a side is DOWN when it is unreachable for this long while our own network is good") \
KEY("poll.own_network_window", DURATION, DERIVED, POLL(own_network_window_ms), \
    "2 x spot_interval", 10 * MS, DAY, \
    "our own network is good when another endpoint answered within this time") \
KEY("poll.stale_after", DURATION, OPTIONAL, POLL(stale_after_ms), "5m", 10 * MS, DAY, \
    "a verdict other than DOWN becomes UNKNOWN this long after the last result that confirmed it") \
KEY("poll.provisioning_late", DURATION, OPTIONAL, POLL(provisioning_late_ms), "75m", 10 * MS, DAY, \
    "a new cloudspace that Spot is still provisioning after this time is late; 50 to 60 minutes are usual") \
KEY("poll.provisioning_stuck", DURATION, OPTIONAL, POLL(provisioning_stuck_ms), "120m", 10 * MS, DAY, \
    "a new cloudspace that Spot is still provisioning after this time is stuck") \
KEY("poll.max_in_flight", INTEGER, OPTIONAL, POLL(max_in_flight), "64", 1, 10000, \
    "maximum number of requests at the same time; others wait, and waiting does not count towards the timeout") \
KEY("poll.anchors", URLS, OPTIONAL, POLL(anchors), "[]", 0, 8, \
    "URLs of independent endpoints; any HTTP answer of one shows that our own network is good") \
\
KEY("links.grafana_url", URL, OPTIONAL, offsetof(struct conf, links.grafana_url), "", 0, 0, \
    "URL of the pair's dashboard; the status page links it, with the pair as its variable") \
KEY("links.alertmanager_url", URL, OPTIONAL, offsetof(struct conf, links.alertmanager_url), "", 0, 0, \
    "URL of Alertmanager; the status page links the alerts of the pair") \
\
KEY("peers.urls", PEERS, OPTIONAL, offsetof(struct conf, peers.urls), "[]", 0, 32, \
    "the other hawatchds that watch the same pairs, as http[s]://host:port; a host may have several addresses, and this " \
    "hawatchd may be among them; maintenance windows are begun at all of them") \
KEY("peers.token_file", PATH, OPTIONAL, offsetof(struct conf, peers.token_file), "", 0, 0, \
    "file with the secret that all of them have; required with urls; read again when it changes") \
KEY("peers.ca_file", PATH, OPTIONAL, offsetof(struct conf, peers.ca_file), "", 0, 0, \
    "file with CA certificates for https:// peers; default: the system's") \
\
KEY("state_directory", PATH, OPTIONAL, offsetof(struct conf, state_directory), "", 0, 0, \
    "folder that keeps verdicts and maintenance windows over a restart; default: systemd's StateDirectory") \
\
KEY("journal.max_age", DURATION, OPTIONAL, offsetof(struct conf, journal.max_age_ms), "90d", HOUR, 3650 * DAY, \
    "a journal file in the state directory whose first line is older gives way to a new one; the one before it is kept") \
KEY("journal.max_bytes", INTEGER, OPTIONAL, offsetof(struct conf, journal.max_bytes), "4194304", 65536, 1 << 30, \
    "maximum size of the two journal files of a pair") \
\
KEY("record.enabled", BOOLEAN, OPTIONAL, offsetof(struct conf, record.enabled), "false", 0, 0, \
    "record what the polls find, and when, in the state directory, for hawatch replay; no answer and no secret is in it") \
KEY("record.max_bytes", INTEGER, OPTIONAL, offsetof(struct conf, record.max_bytes), "33554432", 1 << 20, 1 << 30, \
    "maximum size of the two files of a pair's recording; a day needs less than 1 MB with the default intervals") \
\
KEY("shard.index", INTEGER, OPTIONAL, offsetof(struct conf, shard.index), "", 0, 999, \
    "which of the shards this daemon is, from 0; default: the number at the end of $HAWATCH_SHARD") \
KEY("shard.count", INTEGER, OPTIONAL, offsetof(struct conf, shard.count), "1", 1, 1000, \
    "number of shards among which the pairs are divided by their names; each daemon watches those of its own") \
\
KEY("pairs[].name", NAME, REQUIRED, PAIR(name), "required", 0, 0, \
    "name of the pair, and its `pair` label in metrics") \
KEY("pairs[].enabled", BOOLEAN, OPTIONAL, PAIR(enabled), "true", 0, 0, \
    "false: the pair is DISABLED; it is still polled and shown") \
KEY("pairs[].ignore_taints", LIST, OPTIONAL, PAIR(ignore_taints), "[]", 0, 0, \
    "keys of taints that runners tolerate; a node with another taint that repels pods is not available") \
KEY("pairs[].runners.namespace", LABEL, OPTIONAL, PAIR(runners.namespace), "arc-runners", 0, 0, \
    "namespace of the runner scale sets") \
KEY("pairs[].runners.controller_namespace", LABEL, OPTIONAL, PAIR(runners.controller_namespace), \
    "arc-systems", 0, 0, "namespace of the runner controller and its listeners") \
KEY("pairs[].argocd.namespace", LABEL, OPTIONAL, PAIR(argocd.namespace), "argocd", 0, 0, \
    "namespace of the ArgoCD applications") \
SIDE_KEYS(primary, PRIMARY) \
SIDE_KEYS(secondary, SECONDARY) \
SIDE_KEYS(extra[], EXTRA)

#define KEY(path, type, need, offset, fallback, min, max, help) \
	{path, CONF_##type, CONF_##need, offset, fallback, min, max},
const struct conf_key conf_key_table[] = {KEYS};
const size_t conf_key_count = sizeof conf_key_table / sizeof *conf_key_table;
#undef KEY

const struct conf_sections conf_sections_table[] = {
	{"pairs", "pair", sizeof(struct conf_pair),
	    offsetof(struct conf, pairs), offsetof(struct conf, pair_count), 1, SIZE_MAX},
	{"pairs[].extra", "side", sizeof(struct conf_side),
	    offsetof(struct conf_pair, extras), offsetof(struct conf_pair, extra_count), 0, EXTRAS_MAX},
};
const size_t conf_sections_count = sizeof conf_sections_table / sizeof *conf_sections_table;

bool conf_is_list(enum conf_type type)
{
	return type == CONF_LIST || type == CONF_URLS || type == CONF_PEERS;
}

bool conf_is_in_section(const char *path, const char *section, size_t len)
{
	return strncmp(path, section, len) == 0 && !strstr(path + len, "[]");
}

#define WORD_TEXT      "text"
#define WORD_PATH      "path"
#define WORD_PATHS     "path"
#define WORD_URL       "url"
#define WORD_NAME      "name"
#define WORD_LABEL     "name"
#define WORD_SUBDOMAIN "name"
#define WORD_LIST      "list"
#define WORD_URLS      "list"
#define WORD_PEERS     "list"
#define WORD_DURATION  "duration"
#define WORD_INTEGER   "integer"
#define WORD_BOOLEAN   "boolean"

#define KEY(path, type, need, offset, fallback, min, max, help) {path, WORD_##type, fallback, min, max, help},
size_t conf_keys(const struct conf_key_doc **rows)
{
	static const struct conf_key_doc docs[] = {KEYS};
	*rows = docs;
	return sizeof docs / sizeof *docs;
}
