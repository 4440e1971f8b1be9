#define _GNU_SOURCE
#include "nodes.h"

#include "kube.h"
#include "list.h"
#include "state.h"
#include "text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What the kubelet owns of a node's status, the same for every node. */
static const char STATUS_FIELDS[] =
    "{'f:status':{'f:addresses':{'.':{},"
    "'k:{\\'type\\':\\'Hostname\\'}':{'.':{},'f:address':{},'f:type':{}},"
    "'k:{\\'type\\':\\'InternalIP\\'}':{'.':{},'f:address':{},'f:type':{}}},"
    "'f:allocatable':{'.':{},'f:cpu':{},'f:ephemeral-storage':{},'f:memory':{},'f:pods':{}},"
    "'f:capacity':{'.':{},'f:cpu':{},'f:ephemeral-storage':{},'f:memory':{},'f:pods':{}},"
    "'f:conditions':{'.':{},"
    "'k:{\\'type\\':\\'DiskPressure\\'}':{'.':{},'f:lastHeartbeatTime':{},"
    "'f:lastTransitionTime':{},'f:message':{},'f:reason':{},'f:status':{},'f:type':{}},"
    "'k:{\\'type\\':\\'MemoryPressure\\'}':{'.':{},'f:lastHeartbeatTime':{},"
    "'f:lastTransitionTime':{},'f:message':{},'f:reason':{},'f:status':{},'f:type':{}},"
    "'k:{\\'type\\':\\'PIDPressure\\'}':{'.':{},'f:lastHeartbeatTime':{},"
    "'f:lastTransitionTime':{},'f:message':{},'f:reason':{},'f:status':{},'f:type':{}},"
    "'k:{\\'type\\':\\'Ready\\'}':{'.':{},'f:lastHeartbeatTime':{},"
    "'f:lastTransitionTime':{},'f:message':{},'f:reason':{},'f:status':{},'f:type':{}}},"
    "'f:images':{},"
    "'f:nodeInfo':{'f:architecture':{},'f:bootID':{},'f:containerRuntimeVersion':{},"
    "'f:kernelVersion':{},'f:kubeProxyVersion':{},'f:kubeletVersion':{},'f:machineID':{},"
    "'f:operatingSystem':{},'f:osImage':{},'f:systemUUID':{}}}}";

/* Everything that one node's JSON depends on. */
struct node {
	char name[LIST_NAME_MAX];
	unsigned index;
	bool control_plane, cordoned, tainted;
	enum { NODE_READY, NODE_NOT_READY, NODE_UNREACHABLE } health;
	char created[21], heartbeat[21], changed[21];
};

static void node_name(const void *cls, size_t i, char out[LIST_NAME_MAX])
{
	const struct target *t = cls;
	snprintf(out, LIST_NAME_MAX, "%s-%02zu", t->name, i + 1);
}

/* Whether node `i` is one of `count`, of which `before` others stand nearer to the end. */
static bool among(const struct knobs *k, size_t i, long before, long count)
{
	if (count >= k->nodes)
		return true;
	long from_end = k->nodes - 1 - (long)i;
	return (from_end - before % k->nodes + k->nodes) % k->nodes < count;
}

static struct node node_at(const struct target *t, size_t i)
{
	const struct knobs *k = &t->knobs;
	struct node n = {.index = (unsigned)i};
	node_name(t, i, n.name);
	n.control_plane = (long)i < k->control_plane;
	n.tainted = among(k, i, 0, k->tainted);
	if (among(k, i, k->tainted, k->not_ready))
		n.health = i % 2 ? NODE_NOT_READY : NODE_UNREACHABLE;
	n.cordoned = among(k, i, k->tainted + k->not_ready, k->cordoned);
	time_t now = time(NULL);
	text_utc(n.created, k->created);
	text_utc(n.heartbeat, n.health == NODE_UNREACHABLE ? now - 120 : now - now % 40);
	text_utc(n.changed, n.health == NODE_READY ? k->created + 60 : now - 80);
	return n;
}

static void write_labels(FILE *out, const struct target *t, const struct node *n)
{
	text_put(out, "'labels':{'kubernetes.io/hostname':'%s','kubernetes.io/os':'linux',", n->name);
	if (n->control_plane)
		text_put(out, "'node-role.kubernetes.io/control-plane':'',");
	text_put(out,
	    "'node.kubernetes.io/instance-type':'compute1-8',"
	    "'nodepool.ngpc.rxt.io/name':'c0ffee00-0000-4000-8000-%012x',"
	    "'servers.ngpc.rxt.io/class':'gp.vs1.xlarge-dfw','servers.ngpc.rxt.io/type':'spot',"
	    "'topology.kubernetes.io/region':'DFW'}",
	    t->index);
}

static bool has_taints(const struct node *n)
{
	return n->control_plane || n->cordoned || n->tainted || n->health != NODE_READY;
}

static void write_managed_fields(FILE *out, const struct node *n)
{
	text_put(out,
	    "'managedFields':[{'manager':'kubelet','operation':'Update','apiVersion':'v1',"
	    "'time':'%s','fieldsType':'FieldsV1','fieldsV1':{'f:metadata':{'f:labels':{"
	    "'.':{},'f:kubernetes.io/hostname':{},'f:kubernetes.io/os':{},%s"
	    "'f:node.kubernetes.io/instance-type':{},'f:nodepool.ngpc.rxt.io/name':{},"
	    "'f:servers.ngpc.rxt.io/class':{},'f:servers.ngpc.rxt.io/type':{},"
	    "'f:topology.kubernetes.io/region':{}}},'f:spec':{'f:podCIDR':{},'f:podCIDRs':{"
	    "'.':{},'v:\\'10.%u.%u.0/24\\'':{}},'f:providerID':{}%s%s}}},",
	    n->created, n->control_plane ? "'f:node-role.kubernetes.io/control-plane':{}," : "", 20 + n->index / 256,
	    n->index % 256, has_taints(n) ? ",'f:taints':{}" : "", n->cordoned ? ",'f:unschedulable':{}" : "");
	text_put(out,
	    "{'manager':'kubelet','operation':'Update','apiVersion':'v1','time':'%s',"
	    "'fieldsType':'FieldsV1','fieldsV1':%s,'subresource':'status'}]",
	    n->created, STATUS_FIELDS);
}

/* What the node lifecycle controller and kubectl cordon put on a node of this kind. */
static void write_taints(FILE *out, const struct node *n)
{
	const char *lost = n->health == NODE_UNREACHABLE ? "unreachable" : "not-ready";
	const char *comma = "";
	text_put(out, ",'taints':[");
	if (n->control_plane) {
		text_put(out, "{'key':'node-role.kubernetes.io/control-plane','effect':'NoSchedule'}");
		comma = ",";
	}
	if (n->cordoned) {
		text_put(out,
		    "%s{'key':'node.kubernetes.io/unschedulable','effect':'NoSchedule',"
		    "'timeAdded':'%s'}",
		    comma, n->changed);
		comma = ",";
	}
	for (int i = 0; i < 2 && n->health != NODE_READY; i++) {
		text_put(out, "%s{'key':'node.kubernetes.io/%s','effect':'%s','timeAdded':'%s'}", comma, lost,
		    i ? "NoExecute" : "NoSchedule", n->changed);
		comma = ",";
	}
	if (n->tainted)
		text_put(out,
		    "%s{'key':'ToBeDeletedByClusterAutoscaler','value':'1764000000',"
		    "'effect':'NoSchedule'}",
		    comma);
	fputc(']', out);
}

static void write_spec(FILE *out, const struct node *n)
{
	char vm[37];
	text_uuid(vm, n->name, 1);
	text_put(out,
	    "'spec':{'podCIDR':'10.%u.%u.0/24','podCIDRs':['10.%u.%u.0/24'],"
	    "'providerID':'openstack:///%s'",
	    20 + n->index / 256, n->index % 256, 20 + n->index / 256, n->index % 256, vm);
	if (n->cordoned)
		text_put(out, ",'unschedulable':true");
	if (has_taints(n))
		write_taints(out, n);
	fputc('}', out);
}

static void write_condition(
    FILE *out, const struct node *n, const char *type, const char *status, const char *reason, const char *message)
{
	bool unknown = n->health == NODE_UNREACHABLE;
	text_put(out,
	    "{'type':'%s','status':'%s','lastHeartbeatTime':'%s',"
	    "'lastTransitionTime':'%s','reason':'%s','message':'%s'}",
	    type, unknown ? "Unknown" : status, n->heartbeat, n->changed, unknown ? "NodeStatusUnknown" : reason,
	    unknown ? "Kubelet stopped posting node status." : message);
}

static void write_conditions(FILE *out, const struct node *n)
{
	static const struct {
		const char *type, *reason, *message;
	} PRESSURES[] = {
	    {"MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
	    {"DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"},
	    {"PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
	};
	text_put(out, "'conditions':[");
	for (size_t i = 0; i < sizeof PRESSURES / sizeof *PRESSURES; i++) {
		write_condition(out, n, PRESSURES[i].type, "False", PRESSURES[i].reason, PRESSURES[i].message);
		fputc(',', out);
	}
	if (n->health == NODE_NOT_READY)
		write_condition(out, n, "Ready", "False", "KubeletNotReady",
		    "container runtime network not ready: NetworkReady=false "
		    "reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin "
		    "not initialized");
	else
		write_condition(out, n, "Ready", "True", "KubeletReady", "kubelet is posting ready status");
	text_put(out, "],");
}

/* Every node has pulled the same images, of which the first end at `images_end`. */
static char *images_json;
static size_t images_end[NODE_IMAGES_MAX + 1];

static void make_images(void)
{
	struct text t;
	text_open(&t);
	for (unsigned i = 0; i < NODE_IMAGES_MAX; i++) {
		unsigned long long a = text_hash("image", 2 * i), b = text_hash("image", 2 * i + 1);
		text_put(t.out,
		    "%s{'names':['ghcr.io/example/image-%u@sha256:%016llx%016llx%016llx%016llx',"
		    "'ghcr.io/example/image-%u:v1.%u.0'],'sizeBytes':%u}",
		    i ? "," : "", i, a, b, a, b, i, i, 100000000 + i);
		images_end[i + 1] = (size_t)ftell(t.out);
	}
	images_json = text_take(&t, NULL);
}

static void write_images(FILE *out, long count)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_images);
	fwrite(images_json, 1, images_end[count], out);
}

static void write_status(FILE *out, const struct target *t, const struct node *n)
{
	char system[37], boot[37];
	text_uuid(system, n->name, 2);
	text_uuid(boot, n->name, 3);
	text_put(out,
	    "'status':{'capacity':{'cpu':'8','ephemeral-storage':'40470732Ki',"
	    "'memory':'30810104Ki','pods':'110'},"
	    "'allocatable':{'cpu':'7800m','ephemeral-storage':'37297826550',"
	    "'memory':'31460635443200m','pods':'110'},");
	write_conditions(out, n);
	text_put(out,
	    "'addresses':[{'type':'InternalIP','address':'10.0.%u.%u'},"
	    "{'type':'Hostname','address':'%s'}],"
	    "'daemonEndpoints':{'kubeletEndpoint':{'Port':10250}},"
	    "'nodeInfo':{'machineID':'%016llx%016llx','systemUUID':'%s','bootID':'%s',"
	    "'kernelVersion':'6.8.0-60-generic','osImage':'Ubuntu 24.04.2 LTS',"
	    "'containerRuntimeVersion':'containerd://1.7.27','kubeletVersion':'v1.31.1',"
	    "'kubeProxyVersion':'v1.31.1','operatingSystem':'linux','architecture':'amd64'},"
	    "'images':[",
	    n->index / 250, n->index % 250 + 4, n->name, (unsigned long long)text_hash(n->name, 8),
	    (unsigned long long)text_hash(n->name, 9), system, boot);
	write_images(out, t->knobs.images);
	text_put(out, "]}");
}

/* The members of a node behind its kind, which lists leave out. */
static void write_members(FILE *out, const struct target *t, size_t i)
{
	struct node n = node_at(t, i);
	char uid[37];
	text_uuid(uid, n.name, 0);
	text_put(out,
	    "'metadata':{'name':'%s','uid':'%s','resourceVersion':'%llu',"
	    "'creationTimestamp':'%s',",
	    n.name, uid, (unsigned long long)t->revision - 124 + 3 * (i % 40), n.created);
	write_labels(out, t, &n);
	fputc(',', out);
	write_managed_fields(out, &n);
	text_put(out, "},");
	write_spec(out, &n);
	fputc(',', out);
	write_status(out, t, &n);
}

static void write_item(FILE *out, const void *cls, size_t i)
{
	fputc('{', out);
	write_members(out, cls, i);
	fputc('}', out);
}

static void answer_one(struct answer *a, const struct target *t, size_t i)
{
	struct text text;
	text_open(&text);
	text_put(text.out, "{'kind':'Node','apiVersion':'v1',");
	write_members(text.out, t, i);
	text_put(text.out, "}\n");
	size_t len;
	char *body = text_take(&text, &len);
	kube_begin_json(a, 200);
	answer_body_take(a, body, len);
}

void nodes_answer(const struct request *r, struct answer *a, const char *name)
{
	const struct target *t = r->target;
	struct list list = {
	    .kind = "NodeList",
	    .api_version = "v1",
	    .revision = t->revision,
	    .count = (size_t)t->knobs.nodes,
	    .cls = t,
	    .name = node_name,
	    .item = write_item,
	};
	if (!*name) {
		list_answer(r, a, &list);
		return;
	}
	for (size_t i = 0; i < list.count; i++) {
		char other[LIST_NAME_MAX];
		node_name(t, i, other);
		if (strcmp(other, name) == 0) {
			answer_one(a, t, i);
			return;
		}
	}
	kube_not_found(a, "", "nodes", name);
}
