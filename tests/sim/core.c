#define _GNU_SOURCE
#include "objects.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Built-in kinds. */

static void put_core_metadata(FILE *out, const struct target *t, const char *kind, const char *name, const char *ns)
{
	text_put(out, "'metadata':{'name':'%s','namespace':'%s',", name, ns);
	put_uid(out, t, kind, name);
	text_put(out, ",'resourceVersion':'%llu',", (unsigned long long)t->revision);
	if (strcmp(kind, "Lease") != 0)
		text_put(out, "'generation':1,");
	put_time(out, "creationTimestamp", t->sim->started);
}

static void put_core_manager(FILE *out, const struct target *t, const char *api, const char *fields, const char *behind)
{
	text_put(out, "{'manager':'kubelet','operation':'Update','apiVersion':'%s',", api);
	put_time(out, "time", t->sim->started);
	text_put(out, ",'fieldsType':'FieldsV1','fieldsV1':{%s}%s}", fields, behind);
}

#define STATUS_PART ",'subresource':'status'"
#define ARC_LABEL_FIELDS                                                                                               \
	"'f:actions.github.com/organization':{},'f:actions.github.com/scale-set-name':{},"                             \
	"'f:actions.github.com/scale-set-namespace':{},'f:app.kubernetes.io/component':{},"                            \
	"'f:app.kubernetes.io/part-of':{},'f:app.kubernetes.io/version':{}"
#define MESSAGE_FIELDS "'f:terminationMessagePath':{},'f:terminationMessagePolicy':{}"
#define POD_FIELDS                                                                                                     \
	"'f:dnsPolicy':{},'f:enableServiceLinks':{},%s'f:restartPolicy':{},'f:schedulerName':{},"                      \
	"'f:securityContext':{},'f:terminationGracePeriodSeconds':{}"
#define CONDITION_FIELDS(type)                                                                                         \
	"'k:{\\'type\\':\\'" type "\\'}':{'.':{},'f:lastProbeTime':{},'f:lastTransitionTime':{},"                      \
	"'f:status':{},'f:type':{}}"
#define MESSAGE "'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File'"
#define POD_SPEC_END                                                                                                   \
	"'securityContext':{},'schedulerName':'default-scheduler','tolerations':["                                     \
	"{'key':'node.kubernetes.io/not-ready','operator':'Exists','effect':'NoExecute',"                              \
	"'tolerationSeconds':300},{'key':'node.kubernetes.io/unreachable','operator':'Exists',"                        \
	"'effect':'NoExecute','tolerationSeconds':300}],'priority':0,'enableServiceLinks':true,"                       \
	"'preemptionPolicy':'PreemptLowerPriority'}"

static void put_runner_pod_metadata(FILE *out, const struct target *t, size_t i)
{
	bool has_node = state_at(t, i) != RUNNER_STARTING;
	char name[LIST_NAME_MAX], owner[128];
	runner_name(t, i, name);
	struct text uid;
	text_open(&uid);
	put_uid(uid.out, t, "EphemeralRunner", name);
	char *uid_text = text_take(&uid, NULL);
	snprintf(owner, sizeof owner, "%.44s", uid_text);
	put_core_metadata(out, t, "Pod", name, SET_NS);
	fputc(',', out);
	put_labels(out, "'actions-ephemeral-runner':'True',", "runner",
	    has_node ? ",'topology.kubernetes.io/region':'DFW'" : "");
	text_put(out,
	    ",'ownerReferences':[{'apiVersion':'actions.github.com/v1alpha1','kind':"
	    "'EphemeralRunner','name':'%s',%s,'controller':true,'blockOwnerDeletion':true}]",
	    name, owner);
	text_put(out, ",'managedFields':[");
	char *spec = text_format(
	    "'f:metadata':{'f:labels':{'.':{},'f:actions-ephemeral-runner':{}," ARC_LABEL_FIELDS
	    "},'f:ownerReferences':{'.':{},'k:{\\'uid\\':\\'%.36s\\'}':{}}},"
	    "'f:spec':{'f:automountServiceAccountToken':{},'f:containers':{"
	    "'k:{\\'name\\':\\'dind\\'}':{'.':{},'f:image':{},'f:imagePullPolicy':{},'f:name':{},"
	    "'f:resources':{'.':{},'f:requests':{'.':{},'f:cpu':{},'f:memory':{}}},"
	    "'f:securityContext':{'.':{},'f:privileged':{}}," MESSAGE_FIELDS "},"
	    "'k:{\\'name\\':\\'runner\\'}':{'.':{},'f:command':{},'f:env':{'.':{},"
	    "'k:{\\'name\\':\\'DOCKER_HOST\\'}':{'.':{},'f:name':{},'f:value':{}}},'f:image':{},"
	    "'f:imagePullPolicy':{},'f:name':{},'f:resources':{'.':{},'f:limits':{'.':{},'f:cpu':{}"
	    ","
	    "'f:memory':{}},'f:requests':{'.':{},'f:cpu':{},'f:memory':{}}}," MESSAGE_FIELDS "}}," POD_FIELDS "}",
	    uid_text + 7, has_node ? "'f:nodeName':{}," : "");
	put_core_manager(out, t, "v1", spec, "");
	fputc(',', out);
	put_core_manager(out, t, "v1",
	    "'f:status':{'f:conditions':{'.':{}," CONDITION_FIELDS("ContainersReady") "," CONDITION_FIELDS(
		"Initialized") "," CONDITION_FIELDS("PodScheduled") "," CONDITION_FIELDS("Ready") "},'f:"
												  "containerStatuses':{"
												  "},'f:phase':{},'f:"
												  "startTime':{}}",
	    STATUS_PART);
	fputs("]}", out);
	free(spec);
	free(uid_text);
}

static void put_container_status(FILE *out, const char *name, bool ready, const char *state)
{
	unsigned long long id = text_hash(name, 0);
	text_put(out,
	    "{'name':'%s','state':{%s},'lastState':{},'ready':%s,'restartCount':0,"
	    "'image':'ghcr.io/actions/actions-runner:latest','imageID':"
	    "'ghcr.io/actions/actions-runner:latest@sha256:%016llx%016llx%016llx%016llx',"
	    "'containerID':'containerd://%016llx%016llx%016llx%016llx','started':%s}",
	    name, state, ready ? "true" : "false", id, id, id, id, id, id, id, id, ready ? "true" : "false");
}

static void put_runner_pod_status(FILE *out, const struct target *t, size_t i)
{
	static const char *const CONDITIONS[] = {"Initialized", "Ready", "ContainersReady", "PodScheduled"};
	enum runner_state state = state_at(t, i);
	bool ready = state == RUNNER_IDLE || state == RUNNER_BUSY;
	char at[21];
	text_utc(at, t->sim->started - 300);
	text_put(out, "'status':{'phase':'%s','conditions':[", state == RUNNER_STARTING ? "Pending" : "Running");
	for (int k = 0; k < 4; k++)
		text_put(out, "%s{'type':'%s','status':'%s','lastProbeTime':null,'lastTransitionTime':'%s'}",
		    k ? "," : "", CONDITIONS[k], ready ? "True" : "False", at);
	text_put(out, "],'startTime':'%s','containerStatuses':[", at);
	char *running = text_format("'running':{'startedAt':'%s'}", at);
	char *ended =
	    text_format("'terminated':{'exitCode':0,'reason':'Completed','startedAt':'%s','finishedAt':'%s'}", at, at);
	const char *waiting = "'waiting':{'reason':'ContainerCreating'}";
	bool waits = state == RUNNER_STARTING, ends = state == RUNNER_FINISHING;
	put_container_status(out, "runner", ready, waits ? waiting : ends ? ended : running);
	fputc(',', out);
	put_container_status(out, "dind", !waits, waits ? waiting : running);
	text_put(out, "],'qosClass':'Burstable'}");
	free(running);
	free(ended);
}

void runner_pod_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	char node[LIST_NAME_MAX];
	node_of_pod(t, i, node);
	fputc('{', out);
	put_runner_pod_metadata(out, t, i);
	text_put(out,
	    ",'spec':{'containers':[{'name':'runner','image':'ghcr.io/actions/"
	    "actions-runner:latest',"
	    "'command':['/home/runner/run.sh'],'env':[{'name':'DOCKER_HOST','value':"
	    "'unix:///var/run/docker.sock'}],'resources':{'limits':{'cpu':'3','memory':'6Gi'},"
	    "'requests':{'cpu':'1','memory':'2Gi'}}," MESSAGE ",'imagePullPolicy':'Always'},"
	    "{'name':'dind','image':'docker:27-dind','resources':{'requests':{'cpu':'500m',"
	    "'memory':'1Gi'}}," MESSAGE ",'imagePullPolicy':'IfNotPresent','securityContext':"
	    "{'privileged':true}}],'restartPolicy':'Never','terminationGracePeriodSeconds':30,"
	    "'dnsPolicy':'ClusterFirst','automountServiceAccountToken':false,");
	if (state_at(t, i) != RUNNER_STARTING)
		text_put(out, "'nodeName':'%s',", node);
	text_put(out, POD_SPEC_END ",");
	put_runner_pod_status(out, t, i);
	fputc('}', out);
}

void partial_item(FILE *out, const void *cls, size_t i)
{
	text_put(out, "{'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1',");
	put_runner_pod_metadata(out, cls, i);
	fputc('}', out);
}

void listener_pod_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	char node[LIST_NAME_MAX], at[21];
	node_of_pod(t, i, node);
	text_utc(at, t->sim->started - 86000);
	fputc('{', out);
	put_core_metadata(out, t, "Pod", LISTENER, ARC_NS);
	fputc(',', out);
	put_labels(out, "", "runner-scale-set-listener", ",'topology.kubernetes.io/region':'DFW'");
	text_put(out, ",'managedFields':[");
	char *spec = text_format("'f:metadata':{'f:labels':{'.':{}," ARC_LABEL_FIELDS
				 "}},'f:spec':{'f:automountServiceAccountToken':{},'f:containers':{"
				 "'k:{\\'name\\':\\'listener\\'}':{'.':{},'f:image':{},'f:"
				 "imagePullPolicy':{},'f:name':{},"
				 "'f:resources':{}," MESSAGE_FIELDS "}}," POD_FIELDS "}",
	    "'f:nodeName':{},");
	put_core_manager(out, t, "v1", spec, "");
	fputc(',', out);
	put_core_manager(
	    out, t, "v1", "'f:status':{'f:containerStatuses':{},'f:phase':{},'f:startTime':{}}", STATUS_PART);
	text_put(out,
	    "]},'spec':{'containers':[{'name':'listener','image':"
	    "'ghcr.io/actions/gha-runner-scale-set-controller:0.13.1','resources':{}," MESSAGE
	    ",'imagePullPolicy':'IfNotPresent'}],'restartPolicy':'Never','"
	    "terminationGracePeriodSeconds':30,"
	    "'dnsPolicy':'ClusterFirst','automountServiceAccountToken':false,'nodeName':'%s'"
	    "," POD_SPEC_END ",'status':{'phase':'Running','startTime':'%s','containerStatuses':[{'"
	    "name':'listener','state':"
	    "{'running':{'startedAt':'%s'}},'lastState':{},'ready':true,'restartCount':0,'image':'"
	    "x',"
	    "'imageID':'x'}],'qosClass':'BestEffort'}}",
	    node, at, at);
	free(spec);
}

void controller_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	(void)i;
	fputc('{', out);
	put_core_metadata(out, t, "Deployment", "arc-controller-gha-rs-controller", ARC_NS);
	text_put(out, ",'labels':{'app.kubernetes.io/name':'gha-rs-controller'},'managedFields':[");
	put_core_manager(out, t, "apps/v1",
	    "'f:metadata':{'f:labels':{'.':{},'f:app.kubernetes.io/name':{}}},'f:spec':{"
	    "'f:progressDeadlineSeconds':{},'f:replicas':{},'f:revisionHistoryLimit':{},'f:"
	    "selector':{},"
	    "'f:strategy':{'f:rollingUpdate':{'.':{},'f:maxSurge':{},'f:maxUnavailable':{}},'f:"
	    "type':{}},"
	    "'f:template':{'f:metadata':{'f:labels':{'.':{},'f:a':{}}},'f:spec':{'f:containers':{"
	    "'k:{\\'name\\':\\'manager\\'}':{'.':{},'f:image':{},'f:imagePullPolicy':{},'f:name':{}"
	    ","
	    "'f:resources':{}," MESSAGE_FIELDS "}},'f:dnsPolicy':{},'f:restartPolicy':{},"
	    "'f:schedulerName':{},'f:securityContext':{},'f:terminationGracePeriodSeconds':{}}}}",
	    "");
	fputc(',', out);
	put_core_manager(out, t, "apps/v1",
	    "'f:status':{'f:availableReplicas':{},'f:observedGeneration':{},'f:readyReplicas':{},"
	    "'f:replicas':{},'f:updatedReplicas':{}}",
	    STATUS_PART);
	text_put(out,
	    "]},'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{"
	    "'labels':{'a':'b'}},'spec':{'containers':[{'name':'manager','image':'x','resources':{}"
	    "," MESSAGE ",'imagePullPolicy':'Always'}],'restartPolicy':'Always','"
	    "terminationGracePeriodSeconds':30,"
	    "'dnsPolicy':'ClusterFirst','securityContext':{},'schedulerName':'default-scheduler'}},"
	    "'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':'25%%','maxSurge'"
	    ":'25%%'}},"
	    "'revisionHistoryLimit':10,'progressDeadlineSeconds':600},'status':{'"
	    "observedGeneration':1,"
	    "'replicas':1,'updatedReplicas':1,'readyReplicas':1,'availableReplicas':1}}");
}

void lease_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	char name[LIST_NAME_MAX], at[21];
	node_name(t, i, name);
	text_utc(at, time(NULL) - time(NULL) % 10);
	fputc('{', out);
	put_core_metadata(out, t, "Lease", name, "kube-node-lease");
	text_put(out, ",'managedFields':[");
	put_core_manager(out, t, "coordination.k8s.io/v1",
	    "'f:spec':{'f:holderIdentity':{},'f:leaseDurationSeconds':{},'f:renewTime':{}}", "");
	text_put(out,
	    "]},'spec':{'holderIdentity':'%s','leaseDurationSeconds':40,'renewTime':'%.19s.083834Z'"
	    "}}",
	    name, at);
}

/* Of which no list was recorded either. */
void namespace_item(FILE *out, const void *cls, size_t i)
{
	const struct target *t = cls;
	char name[LIST_NAME_MAX];
	namespace_name(t, i, name);
	text_put(out, "{'metadata':{'name':'%s',", name);
	put_uid(out, t, "Namespace", name);
	text_put(out, ",'resourceVersion':'%llu',", (unsigned long long)t->revision);
	put_time(out, "creationTimestamp", t->sim->started);
	text_put(out,
	    ",'labels':{'kubernetes.io/metadata.name':'%s'}},'spec':{'finalizers':['kubernetes']},"
	    "'status':{'phase':'Active'}}",
	    name);
}
