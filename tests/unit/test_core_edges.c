/* Edges of the decision core that no table and no search comes to: the last value on each side of a bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decide/events.h"
#include "decide/inventory.h"
#include "decide/pace.h"
#include "pair_scene.h"
#include "render/message.h"

/* Section 1: only 200 is a good answer; whatever else is no error of the server's is none of ours to read. */
static void statuses(void **state)
{
	static const struct {
		int status;
		enum poll_reason reason;
	} rows[] = {
	    {199, POLL_PARSE},
	    {200, POLL_OK},
	    {201, POLL_PARSE},
	    {204, POLL_PARSE},
	    {299, POLL_PARSE},
	    {300, POLL_HTTP_3XX},
	    {399, POLL_HTTP_3XX},
	    {400, POLL_HTTP_4XX},
	    {401, POLL_AUTH},
	    {402, POLL_HTTP_4XX},
	    {403, POLL_AUTH},
	    {404, POLL_HTTP_4XX},
	    {429, POLL_RATE_LIMITED},
	    {499, POLL_HTTP_4XX},
	    {500, POLL_HTTP_5XX},
	    {599, POLL_HTTP_5XX},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(obs_reason_of_status(rows[i].status), rows[i].reason);
}

/* Section 1, `cordoned`: one ready node is enough to be all of them. */
static void one_cordoned_node(void **state)
{
	static const struct answer well = {POLL_OK, 200};
	static const struct node_counts one = {.total = 1, .ready = 1, .cordoned = 1, .ready_cordoned = 1};
	(void)state;
	assert_int_equal(obs_of_kube(well, well, &one, 1).word, KUBE_CORDONED);
}

/* A round is answered when any of its requests was, in whatever order. */
static void answered_once(void **state)
{
	static const struct answer well = {POLL_OK, 200}, refused = {POLL_CONNECT, 0};
	struct pace_round round = {0};
	(void)state;
	pace_add(&round, well, 0);
	pace_add(&round, refused, 0);
	assert_true(round.was_answered);
	assert_int_equal(pace_step((struct pace){.failures = 9}, &round, PACE_NO_CEILING, 0, (mono_ms){0}).failures, 0);
}

/* The breaker's wait is below 60 s for every draw below 1, and an outage may last for ever. */
static void breaker_at_its_end(void **state)
{
	static const mono_ms at = {5};
	struct pace_round lost = {.was_asked = true};
	struct pace pace = {.failures = INT32_MAX - 1};
	(void)state;
	for (int i = 0; i < 3; i++) {
		pace = pace_step(pace, &lost, PACE_NO_CEILING, 1 - 1e-9, at);
		assert_int_equal(pace.failures, INT32_MAX);
		assert_int_equal(mono_since(at, pace.not_before), 59999);
	}
}

static struct pair_policy policy_of(int extra_count)
{
	struct pair_policy policy = {.is_enabled = true, .extra_count = extra_count};
	for (int id = 0; id < SIDES_MAX; id++)
		policy.side[id] = default_policy;
	return policy;
}

/* A pair has the sides that it was given, and no more. */
static void as_many_sides(void **state)
{
	static const struct now now = {{777}, {1795464000000}};
	(void)state;
	for (int extra = 0; extra <= SIDES_MAX - SIDES; extra++) {
		struct pair_policy policy = policy_of(extra);
		struct pair pair = pair_start(&policy, now);
		for (int id = 0; id < SIDES_MAX; id++)
			assert_int_equal(pair.side[id].since.mono.ms, id < SIDES + extra ? 777 : 0);
	}
}

/* Section 2, "Declared windows end by themselves": of each side, the last one, too. */
static void windows_of_all_sides(void **state)
{
	static const struct now now = {{777}, {1795464000000}}, later = {{778}, {1795464000001}};
	struct pair_policy policy = policy_of(SIDES_MAX - SIDES);
	struct side_input tick = {.kind = SIDE_TICK, .witness_at = MONO_NEVER};
	(void)state;
	for (int id = 0; id < SIDES_MAX; id++) {
		struct pair pair = pair_start(&policy, now);
		pair.maintenance[id] = (struct maintenance){.is_declared = true, .began = now, .ends = later};
		assert_true(pair_step(&policy, pair, PRIMARY, &tick, now).maintenance[id].is_declared);
		assert_false(pair_step(&policy, pair, PRIMARY, &tick, later).maintenance[id].is_declared);
	}
}

/* What ACTIVE is worth is known where both sides are. */
static void half_known(void **state)
{
	struct pair pair = {.status = HA_ACTIVE};
	(void)state;
	for (int known = 0; known < 4; known++) {
		struct side_capacity capacity[SIDES_MAX] = {
		    [PRIMARY] = {.has_available = known & 1, .available = 3},
		    [SECONDARY] = {.has_available = known & 2, .available = 4},
		};
		struct balance b = pair_balance(&pair, capacity);
		assert_int_equal(b.has_effective, known == 3);
		assert_int_equal(b.effective_total, known == 3 ? 6 : 0);
	}
}

/* An extra side that is UP adds its nodes, every one its maximum; what the pair does not have adds neither. */
static void extra_capacity(void **state)
{
	struct pair pair = {.status = HA_BLOCKED_SECONDARY_UNAVAILABLE};
	struct side_capacity capacity[SIDES_MAX];
	(void)state;
	for (int id = 0; id < SIDES_MAX; id++) {
		pair.side[id].verdict = id == SECONDARY || id == EXTRA_2 ? DOWN : UP;
		capacity[id] = (struct side_capacity){true, 1 << id, true, 100 << id};
	}
	for (pair.extra_count = 0; pair.extra_count <= SIDES_MAX - SIDES; pair.extra_count++) {
		static const int total[] = {1, 1 + 4, 1 + 4, 1 + 4 + 16, 1 + 4 + 16 + 32};
		struct balance b = pair_balance(&pair, capacity);
		assert_int_equal(b.effective_total, total[pair.extra_count]);
		assert_int_equal(b.max_possible, 100 * ((1 << (SIDES + pair.extra_count)) - 1));
	}
}

/* One node decides who constrains; one is enough to be divided by; an unknown ceiling has no number. */
static void balance_of_one_node(void **state)
{
	struct pair pair = {.status = HA_ACTIVE};
	struct side_capacity capacity[SIDES_MAX] = {{true, 1, true, 1}, {true, 0, true, 0}};
	struct balance b = pair_balance(&pair, capacity);
	(void)state;
	assert_int_equal(b.constraining, CONSTRAINING_SECONDARY);
	assert_true(b.has_utilization);
	capacity[SECONDARY].has_max = false;
	b = pair_balance(&pair, capacity);
	assert_false(b.has_max || b.has_utilization);
	assert_int_equal(b.max_possible, 0);
}

/* A pair remembers the sides that it has, and takes back as many as it still has. */
static void remembered_sides(void **state)
{
	static const struct now now = {{777}, {1795464000000}};
	(void)state;
	for (int extra = 0; extra <= SIDES_MAX - SIDES; extra++) {
		struct pair_policy policy = policy_of(extra);
		struct pair pair = {.extra_count = extra};
		struct pair_memory all = {0};
		for (int id = 0; id < SIDES_MAX; id++) {
			pair.side[id] = (struct side){.verdict = DOWN, .evidence_at = now.mono};
			all.has_side[id] = true;
			all.side[id] = (struct side_memory){
			    .verdict = DOWN, .reason = REASON_ABSENT, .since = now.wall, .evidence_age_ms = 1};
		}
		struct pair_memory memory = pair_remember(&pair, now);
		struct pair restored = pair_restore(&policy, &all, now);
		for (int id = 0; id < SIDES_MAX; id++) {
			assert_int_equal(memory.has_side[id], id < SIDES + extra);
			assert_int_equal(restored.side[id].is_held, id < SIDES + extra);
		}
	}
}

/* Degraded, or counted by the pools, is what is UP only. */
static void remembered_marks(void **state)
{
	static const struct now now = {{777}, {1795464000000}};
	(void)state;
	for (enum verdict v = UP; v < VERDICTS; v++)
		for (enum side_reason r = 0; r < SIDE_REASONS; r++) {
			struct side_memory memory = {
			    .verdict = v, .reason = r, .since = {1795463000000}, .evidence_age_ms = 1};
			struct side side = side_restore(&default_policy, &memory, now);
			bool is_denied = r == REASON_CREDENTIAL_DENIED;
			if (is_denied && v != UP)
				continue; /* the table has no such cell */
			assert_int_equal(side.from_pools, v == UP && is_denied);
			assert_int_equal(side.is_degraded, v == UP && !is_denied && r != REASON_SERVING);
		}
}

/* Section 2, "PROVISIONING age": from creationTimestamp to the server's Date; of these none may be missing. */
static void provisioning_age(void **state)
{
	static const struct now now = {{777}, {1795464000000}};
	static const struct {
		wall_ms created, served_at;
		bool is_known;
	} rows[] = {
	    {{1795460000000}, {1795460000000}, true},
	    {{1795460000000}, {1795459999999}, false},
	    {WALL_UNKNOWN, {1795460000000}, false},
	    {{1795460000000}, WALL_UNKNOWN, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct side side = side_start(now);
		side.verdict = PROVISIONING;
		side.spot_at = now.mono;
		side.spot = (struct spot_obs){SPOT_PROVISIONING, false, rows[i].created, rows[i].served_at};
		assert_int_equal(side_provisioning(&default_policy, &side, now.mono).is_known, rows[i].is_known);
	}
}

/* Icinga's ring: 5.74 of 19.80 are 28.98 %, which is not yet 29. */
static void percent_is_cut(void **state)
{
	static const int ages[] = {0, 1, 12, 17, 18, 19};
	struct flap flap = {0};
	(void)state;
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++)
		flap.changes |= UINT32_C(1) << ages[i];
	assert_int_equal(flap_percent(&flap), 28);
}

/* What comes back is written, and not a byte behind it. */
static void events_end_where_told(void **state)
{
	static const struct now now = {{777}, {1795464000000}};
	struct pair_policy policy = policy_of(0);
	struct pair before = pair_start(&policy, now), after = before;
	struct event out[EVENTS_OF_A_STEP] = {0};
	(void)state;
	after.side[PRIMARY].verdict = DOWN;
	assert_int_equal(events_between(&before, &after, now, out), 1);
	assert_int_equal(out[0].at.mono.ms, 777);
	assert_int_equal(out[1].at.mono.ms, 0);
}

/* A pair to which little happens takes little memory: 16 places at first, then twice what is there. */
static void ring_grows_as_needed(void **state)
{
	struct events events = {0};
	struct event event = {.kind = EVENT_STATUS};
	(void)state;
	for (uint64_t n = 1; n < 3 * EVENTS_KEPT; n++) {
		uint64_t most = n <= 16 ? 16 : 2 * n;
		events_add(&events, &event);
		assert_in_range(events.room, 1, most < EVENTS_KEPT ? most : EVENTS_KEPT);
		assert_int_equal(events_kept(&events), n < EVENTS_KEPT ? n : EVENTS_KEPT);
	}
	events_fini(&events);
	assert_null(events.v);
	assert_int_equal(events.room + events.count, 0);
}

/* What an operator wrote ends where it ends. */
static void reason_of_a_window(void **state)
{
	static const struct now now = {{777}, {1795464000000}};
	static const char told[MAINTENANCE_REASON_MAX] = "why";
	char reason[2 * MAINTENANCE_REASON_MAX] = "why\0what lies behind is nobody's business";
	(void)state;
	struct maintenance m = maintenance_begin((struct maintenance){0}, 1000, reason, now);
	assert_memory_equal(m.reason, told, sizeof told);
}

static void assert_side_message(const struct side *side, struct now now, const char *expected)
{
	struct buf out = buf_of(1 << 12);
	message_of_side(&default_policy, side, now, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_fini(&out);
}

/* Minutes are whole ones, and nodes are told of only where they are the reason. */
static void messages_of_sides(void **state)
{
	static const struct now now = {{777}, {1795464000000}};
	struct side side = side_start(now);
	(void)state;
	side.verdict = PROVISIONING;
	side.reason = REASON_PROVISIONING;
	side.spot_at = side.kube_at = now.mono;
	side.spot = (struct spot_obs){SPOT_PROVISIONING, false, {1795464000000}, {1795464000000 + 34 * MINUTES}};
	assert_side_message(&side, now, "provisioning for 34 min; 50-60 is usual");
	side.verdict = DOWN;
	side.reason = REASON_DELETING;
	side.spot.word = SPOT_DELETING;
	side.kube = (struct kube_obs){.word = KUBE_NO_CAPACITY, .nodes = {.total = 3}};
	assert_side_message(&side, now, "Spot is deleting it");
}

/* One part for each side, and every one of them apart. */
static void messages_of_pairs(void **state)
{
	static const char *const names[SIDES_MAX] = {"a", "b"};
	struct scene s = scene_of(true);
	struct buf out = buf_of(1 << 12);
	(void)state;
	down(&s, PRIMARY);
	down(&s, SECONDARY);
	s.pair.maintenance[SECONDARY] = (struct maintenance){.is_declared = true, .reason = "x"};
	message_of_pair(&s.policy, &s.pair, names, s.now, &out);
	assert_non_null(strstr(buf_text(&out), "; b (secondary) is DOWN"));
	assert_string_equal(buf_text(&out) + strlen(buf_text(&out)) - 3, ": x");
	buf_fini(&out);
}

/* A controller is ready where all that is desired is available, and one at least. */
static void controller(void **state)
{
	static const struct {
		bool has, is_ready;
		int available, desired;
	} rows[] = {
	    {true, true, 1, 1},
	    {true, true, 2, 1},
	    {true, false, 1, 2},
	    {true, false, 0, 0},
	    {true, true, 1, 0},
	    {false, false, 1, 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct inventory inventory = {.has_controller = rows[i].has,
		    .controller_available = rows[i].available,
		    .controller_desired = rows[i].desired};
		assert_int_equal(inventory_controller_is_ready(&inventory), rows[i].is_ready);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(statuses),
	    cmocka_unit_test(one_cordoned_node),
	    cmocka_unit_test(answered_once),
	    cmocka_unit_test(breaker_at_its_end),
	    cmocka_unit_test(as_many_sides),
	    cmocka_unit_test(windows_of_all_sides),
	    cmocka_unit_test(half_known),
	    cmocka_unit_test(extra_capacity),
	    cmocka_unit_test(balance_of_one_node),
	    cmocka_unit_test(remembered_sides),
	    cmocka_unit_test(remembered_marks),
	    cmocka_unit_test(provisioning_age),
	    cmocka_unit_test(percent_is_cut),
	    cmocka_unit_test(events_end_where_told),
	    cmocka_unit_test(ring_grows_as_needed),
	    cmocka_unit_test(reason_of_a_window),
	    cmocka_unit_test(messages_of_sides),
	    cmocka_unit_test(messages_of_pairs),
	    cmocka_unit_test(controller),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
