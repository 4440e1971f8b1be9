#include "config/conf_table.h"
#include "config/value.h"

#include <stdio.h>
#include <string.h>

/* The keys under `poll:` that the rules compare, and where their values are. */
enum { INTERVAL, SPOT_INTERVAL, CONFIRM, TIMEOUT, UNREACHABLE, WINDOW, STALE, LATE_AFTER, STUCK_AFTER };
static const struct {
	const char *name;
	size_t offset;
} poll_keys[] = {
    [INTERVAL] = {"interval", offsetof(struct conf_poll, interval_ms)},
    [SPOT_INTERVAL] = {"spot_interval", offsetof(struct conf_poll, spot_interval_ms)},
    [CONFIRM] = {"confirm_interval", offsetof(struct conf_poll, confirm_interval_ms)},
    [TIMEOUT] = {"timeout", offsetof(struct conf_poll, timeout_ms)},
    [UNREACHABLE] = {"unreachable_for", offsetof(struct conf_poll, unreachable_for_ms)},
    [WINDOW] = {"own_network_window", offsetof(struct conf_poll, own_network_window_ms)},
    [STALE] = {"stale_after", offsetof(struct conf_poll, stale_after_ms)},
    [LATE_AFTER] = {"provisioning_late", offsetof(struct conf_poll, provisioning_late_ms)},
    [STUCK_AFTER] = {"provisioning_stuck", offsetof(struct conf_poll, provisioning_stuck_ms)},
};

/* `more` must exceed `less`, or reach `times` x `less`, because SEMANTICS.md sections 1 and 2 need it. */
static const struct poll_rule {
	int more, less;
	int times; /* 0: exceed */
	enum { ALWAYS, WITH_SPOT, WITHOUT_SPOT, WITH_ANCHORS } when;
	const char *why;
} poll_rules[] = {
    {INTERVAL, CONFIRM, 1, ALWAYS, "a confirmation comes sooner than the next regular probe"},
    {SPOT_INTERVAL, INTERVAL, 1, ALWAYS, "a side's health must be polled at least as often as Spot"},
    {UNREACHABLE, WINDOW, 0, ALWAYS, "otherwise one early answer would confirm our own network for the whole time"},
    {WINDOW, SPOT_INTERVAL, 1, WITH_SPOT, "otherwise Spot cannot confirm our own network without gaps"},
    {WINDOW, SPOT_INTERVAL, 1, WITH_ANCHORS, "otherwise the anchors cannot confirm our own network without gaps"},
    {WINDOW, INTERVAL, 1, WITHOUT_SPOT, "otherwise the other side cannot confirm our own network without gaps"},
    {STALE, INTERVAL, 3, ALWAYS, "two lost probes must not make a side UNKNOWN"},
    {STALE, SPOT_INTERVAL, 2, WITH_SPOT, "one lost round at Spot must not make a side UNKNOWN"},
    {STALE, TIMEOUT, 0, ALWAYS, "one slow probe must not make a side UNKNOWN"},
    {STALE, UNREACHABLE, 0, ALWAYS, "otherwise a side becomes UNKNOWN before it can become DOWN"},
    {STUCK_AFTER, LATE_AFTER, 0, ALWAYS, "a cloudspace is late before it is stuck"},
};

static const struct yaml_node *find(const struct yaml_node *map, const char *key)
{
	return map ? yaml_find(map, key, strlen(key)) : NULL;
}

/*
 * The place of a broken rule is a key that the file has; the other key may be a default. The window may be derived from
 * spot_interval; then spot_interval is the key to fix.
 */
static struct place place_of_rule(const struct yaml_node *root, const struct poll_rule *rule)
{
	const struct yaml_node *poll = find(root, "poll");
	const int candidates[] = {rule->more, rule->less, SPOT_INTERVAL};
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		const struct yaml_node *node = find(poll, poll_keys[candidates[i]].name);
		if (node)
			return node->at;
	}
	return poll ? poll->at : root->at;
}

static int64_t value_of(const struct conf_poll *poll, int key)
{
	return *(const int64_t *)(const void *)((const char *)poll + poll_keys[key].offset);
}

static bool is_broken(const struct poll_rule *rule, const struct conf_poll *poll, bool has_spot)
{
	int64_t more = value_of(poll, rule->more), less = value_of(poll, rule->less);
	const bool applies[] = {
	    [ALWAYS] = true,
	    [WITH_SPOT] = has_spot,
	    [WITHOUT_SPOT] = !has_spot,
	    [WITH_ANCHORS] = !has_spot && poll->anchors.count,
	};
	bool holds = rule->times ? more >= rule->times * less : more > less;
	return applies[rule->when] && !holds && more && less;
}

static void put_mistake(struct buf *out, const struct poll_rule *rule, const struct conf_poll *poll)
{
	buf_printf(out, "poll.%s is %s; expected %s ", poll_keys[rule->more].name,
	    value_duration_text(value_of(poll, rule->more)).text, rule->times ? "at least" : "more than");
	if (rule->times > 1)
		buf_printf(out, "%d x ", rule->times);
	buf_printf(out, "poll.%s, which is %s: %s", poll_keys[rule->less].name,
	    value_duration_text(value_of(poll, rule->less)).text, rule->why);
}

bool conf_check_poll(const struct conf_poll *poll, bool has_spot, struct err *e)
{
	for (size_t i = 0; i < sizeof poll_rules / sizeof *poll_rules; i++) {
		struct buf text = buf_of(sizeof e->text);
		if (!is_broken(&poll_rules[i], poll, has_spot))
			continue;
		put_mistake(&text, &poll_rules[i], poll);
		err_set(e, "%s", buf_text(&text));
		buf_fini(&text);
		return false;
	}
	return true;
}

static void check_poll(struct conf *conf, const struct yaml_node *root, struct errs *errs)
{
	struct conf_poll *poll = &conf->poll;
	if (!find(find(root, "poll"), "own_network_window"))
		poll->own_network_window_ms = 2 * poll->spot_interval_ms;
	for (size_t i = 0; i < sizeof poll_rules / sizeof *poll_rules; i++) {
		struct buf text = buf_of(sizeof((struct err *)0)->text);
		if (!is_broken(&poll_rules[i], poll, conf->has_spot))
			continue;
		put_mistake(&text, &poll_rules[i], poll);
		errs_add(errs, place_of_rule(root, &poll_rules[i]), "%s", buf_text(&text));
		buf_fini(&text);
	}
}

static bool is_false(const struct yaml_node *node)
{
	return node->kind == YAML_BOOLEAN && !yaml_scalar_is_true(node->text);
}

/* With the pod's service account, no other credential is needed. */
static void check_in_cluster(const struct yaml_node *node, struct errs *errs)
{
	static const char *const others[] = {
	    "kubeconfig", "context", "token_file", "ca_file", "insecure", "allow_exec"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct yaml_node *other = find(node, others[i]);
		if (other && !is_false(other))
			errs_add(errs, other->key_at, "%s together with in_cluster: true; expected only one of them",
			    others[i]);
	}
}

/* Looks into the file and not into `side`: a value that was refused is not missing. */
static void check_side(
    const struct conf *conf, const struct conf_side *side, const struct yaml_node *node, struct errs *errs)
{
	const struct yaml_node *kubeconfig = find(node, "kubeconfig"), *ca = find(node, "ca_file");
	const struct yaml_node *insecure = find(node, "insecure"), *max = find(node, "max_nodes");
	static const char *const need_kubeconfig[] = {"context", "token_file", "allow_exec"};

	if (!node || (node->kind != YAML_MAP && node->kind != YAML_NULL))
		return;
	if (max && side->max_nodes && side->min_available > side->max_nodes)
		errs_add(errs, max->at, "max_nodes is %lld; expected at least min_available, which is %lld",
		    (long long)side->max_nodes, (long long)side->min_available);
	if (side->in_cluster) {
		check_in_cluster(node, errs);
		return;
	}
	if (ca && side->insecure)
		errs_add(errs, insecure->at, "insecure: true contradicts ca_file in line %zu; expected one of them",
		    ca->at.line);
	for (size_t i = 0; i < sizeof need_kubeconfig / sizeof *need_kubeconfig; i++) {
		const struct yaml_node *other = find(node, need_kubeconfig[i]);
		if (other && !is_false(other) && !kubeconfig)
			errs_add(errs, other->key_at, "%s without kubeconfig; expected a kubeconfig, too",
			    need_kubeconfig[i]);
	}
	if (!kubeconfig && !conf->has_spot)
		errs_add(errs, node->at,
		    "no way to reach this cluster; expected kubeconfig or in_cluster: true here, or `spot:` "
		    "in the file");
	else if (!kubeconfig && !ca && (!insecure || is_false(insecure)))
		errs_add(errs, insecure ? insecure->at : node->at,
		    "no way to verify this cluster; expected kubeconfig, ca_file or "
		    "insecure: true");
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The node of a side, as conf_pair_side() counts. */
static const struct yaml_node *side_node(const struct yaml_node *pair, size_t index)
{
	static const char *const names[] = {"primary", "secondary"};
	return index < 2 ? find(pair, names[index]) : &find(pair, "extra")->items[index - 2];
}

/* If two sides were the same cluster, each would confirm our network for the other, and its nodes would count twice. */
static void check_distinct(
    const struct conf_pair *pair, const struct yaml_node *node, size_t first, size_t second, struct errs *errs)
{
	static const char *const names[] = {"the primary", "the secondary", "an extra side"};
	const struct conf_side *a = conf_pair_side(pair, first), *b = conf_pair_side(pair, second);
	const struct yaml_node *at = side_node(node, first), *again = side_node(node, second);
	if (a->cloudspace && is_same(a->cloudspace, b->cloudspace))
		errs_add(errs, find(again, "cloudspace")->at,
		    "cloudspace `%s` is already %s, in line %zu; expected another one",
		    value_name_shown(a->cloudspace).text, names[first < 2 ? first : 2],
		    find(at, "cloudspace")->at.line);
	else if (a->kubeconfig && is_same(a->kubeconfig, b->kubeconfig) && is_same(a->context, b->context))
		errs_add(errs, find(again, "kubeconfig")->at,
		    "the same kubeconfig and context as in line %zu; expected another cluster",
		    find(at, "kubeconfig")->at.line);
	else if (a->in_cluster && b->in_cluster)
		errs_add(errs, find(again, "in_cluster")->at, "in_cluster as in line %zu; expected another cluster",
		    find(at, "in_cluster")->at.line);
}

static void check_pair(const struct conf *conf, struct conf_pair *pair, const struct yaml_node *node, struct errs *errs)
{
	for (size_t i = 0; i < conf_pair_sides(pair); i++) {
		struct conf_side *side = i < 2 ? (i ? &pair->secondary : &pair->primary) : &pair->extras[i - 2];
		const struct yaml_node *insecure = find(side_node(node, i), "insecure");
		side->verifies = find(side_node(node, i), "ca_file") || (insecure && is_false(insecure));
		check_side(conf, side, side_node(node, i), errs);
		for (size_t k = 0; k < i; k++)
			check_distinct(pair, node, k, i, errs);
	}
}

static void check_names(const struct conf *conf, const struct yaml_node *pairs, struct errs *errs)
{
	for (size_t i = 0; i < conf->pair_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!conf->pairs[i].name || !is_same(conf->pairs[i].name, conf->pairs[j].name))
				continue;
			errs_add(errs, find(&pairs->items[i], "name")->at,
			    "pair `%s` is already in line %zu; expected each name once",
			    value_name_shown(conf->pairs[i].name).text, find(&pairs->items[j], "name")->at.line);
			break;
		}
	}
}

/* An index that comes from elsewhere is checked by conf_shard_split(). */
static void check_shard(struct conf *conf, const struct yaml_node *shard, struct errs *errs)
{
	const struct yaml_node *index = find(shard, "index");
	conf->shard.has_index = index;
	if (index && conf->shard.count && conf->shard.index >= conf->shard.count)
		errs_add(errs, index->at, "shard.index is %lld; expected less than shard.count, which is %lld",
		    (long long)conf->shard.index, (long long)conf->shard.count);
}

/* Who has no secret cannot be told from a stranger. */
static void check_peers(const struct conf *conf, const struct yaml_node *peers, struct errs *errs)
{
	const struct yaml_node *urls = find(peers, "urls"), *token = find(peers, "token_file"),
			       *ca = find(peers, "ca_file");
	if (conf->peers.urls.count && !token)
		errs_add(errs, urls->at,
		    "urls without token_file; expected token_file, too: the same secret for all peers, such as 32 "
		    "random bytes in hex");
	else if (peers && !urls && (token || ca))
		errs_add(errs, peers->at, "peers without urls; expected urls, too");
}

void conf_check(struct conf *conf, const struct yaml_node *root, struct errs *errs)
{
	const struct yaml_node *pairs = find(root, "pairs"), *spot = find(root, "spot");
	conf->spot.has_api_url = find(spot, "api_url");
	conf->spot.has_auth_url = find(spot, "auth_url");
	conf->spot.has_client_id = find(spot, "client_id");
	check_poll(conf, root, errs);
	check_shard(conf, find(root, "shard"), errs);
	for (size_t i = 0; i < conf->pair_count; i++)
		check_pair(conf, &conf->pairs[i], &pairs->items[i], errs);
	check_names(conf, pairs, errs);
	check_peers(conf, find(root, "peers"), errs);
}
