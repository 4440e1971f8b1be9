/*
 * The interface between hawatchd and its clients (`hawatch` and others): paths, parameters, kinds of errors.
 * An error is {"error": text, "kind": word}: the text is for people, programs use only the kind. Limits that
 * both sides use are in base/limits.h.
 */
#pragma once

/* GET: documents of a pair. The parameter `pair` names it; it is required if there are several pairs. */
#define API_SUMMARY "/api/v1/summary"
#define API_CLOUDSPACES "/api/v1/cloudspaces"
#define API_NODE_BALANCE "/api/v1/node-balance"
#define API_RUNNERS "/api/v1/runners"
#define API_APPS "/api/v1/apps"
#define API_EVENTS "/api/v1/events"
/* With any of these, all that the journal holds: a time of RFC 3339, or a duration before now; `next` of a page. */
#define API_SINCE "since"
#define API_UNTIL "until"
#define API_AFTER "after"
#define API_INCIDENTS "/api/v1/incidents"
#define API_CHECK "/api/v1/check"
#define API_DOCTOR "/api/v1/doctor"

/* GET: the maintenance windows of a pair. POST, control socket only: begins or ends one. */
#define API_MAINTENANCE "/api/v1/maintenance"

/*
 * POST, control socket only. Answered when the reload is over: {"reloaded": true}; or 409 with `mistakes`, all that are
 * known with their file, line and column, and `omitted`, how many more there are.
 */
#define API_RELOAD "/-/reload"

/*
 * POST with the secret of `peers.token_file` as bearer token: how daemons that watch the same pairs tell each other of
 * maintenance windows. Its parameters are those below, and `action` may also be ask, release or status.
 */
#define API_PEER "/api/v1/peer"

#define API_CONTROL_SOCKET "/run/hawatch/control.sock"
#define API_ADDRESS "127.0.0.1:29164"
#define API_URL "http://" API_ADDRESS

/* Parameters of POST API_MAINTENANCE, each at most once. `pair` also belongs to the GET paths. */
enum api_param {
	API_PAIR,
	API_SIDE,
	API_ACTION, /* begin, end */
	API_FOR,    /* this and the following: only with begin */
	API_REASON,
	API_FORCE, /* true, false */
	API_PARAMS
};
static const char *const api_param_names[API_PARAMS] = {
    [API_PAIR] = "pair",
    [API_SIDE] = "side",
    [API_ACTION] = "action",
    [API_FOR] = "for_seconds",
    [API_REASON] = "reason",
    [API_FORCE] = "force",
};

/* Further parameters of POST API_PEER: who asks, which cloudspace `side` is there, and which user and process gave the
 * order there. */
enum api_peer_param { API_PEER_FROM, API_PEER_CLOUDSPACE, API_PEER_UID, API_PEER_PID, API_PEER_PARAMS };
static const char *const api_peer_param_names[API_PEER_PARAMS] = {
    [API_PEER_FROM] = "from",
    [API_PEER_CLOUDSPACE] = "cloudspace",
    [API_PEER_UID] = "uid",
    [API_PEER_PID] = "pid",
};

enum api_error {
	API_NO_ERROR,
	API_WHICH_PAIR, /* `pair` is missing and there are several; `pairs` lists them, also for no_such_pair */
	API_NO_SUCH_PAIR,
	API_PAIR_ELSEWHERE, /* the pair is watched by another shard: the text says which */
	API_NO_SUCH_SIDE,
	API_BAD_PARAMETER,
	API_BAD_REQUEST,       /* its header is not what HTTP allows */
	API_UNAUTHORIZED,      /* no password, or a wrong one */
	API_TOO_MANY_REQUESTS, /* of this client, or in all; the Retry-After header says when to ask again */
	API_MISDIRECTED,       /* its Host is not one of ours */
	API_REFUSED,           /* the request is valid, but not carried out: the text says why */
	API_BUSY,              /* too many requests at once */
	API_STARTING,
	API_STOPPING,
	API_NOT_FOUND,
	API_METHOD_NOT_ALLOWED,
	API_ERRORS
};
static const struct {
	const char *name;
	int http_status;
} api_errors[API_ERRORS] = {
    [API_NO_ERROR] = {"", 200},
    [API_WHICH_PAIR] = {"which_pair", 400},
    [API_NO_SUCH_PAIR] = {"no_such_pair", 404},
    [API_PAIR_ELSEWHERE] = {"pair_elsewhere", 421},
    [API_NO_SUCH_SIDE] = {"no_such_side", 404},
    [API_BAD_PARAMETER] = {"bad_parameter", 400},
    [API_BAD_REQUEST] = {"bad_request", 400},
    [API_MISDIRECTED] = {"misdirected", 421},
    [API_UNAUTHORIZED] = {"unauthorized", 401},
    [API_TOO_MANY_REQUESTS] = {"too_many_requests", 429},
    [API_REFUSED] = {"refused", 409},
    [API_BUSY] = {"busy", 503},
    [API_STARTING] = {"starting", 503},
    [API_STOPPING] = {"stopping", 503},
    [API_NOT_FOUND] = {"not_found", 404},
    [API_METHOD_NOT_ALLOWED] = {"method_not_allowed", 405},
};
