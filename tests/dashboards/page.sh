# Sourced by the checks in this folder. What the status page says: the colours, and of each status and state the
# number that the rules record, the symbol, and the colour.
from_page() {
	local look=lib/render/page_style.c
	grep -oE -- '--(good|bad|wait|blind|off):#[0-9a-f]{6}' "$look" | sed 's/^--/colour /; s/:/ /' | head -n 5
	sed -nE 's/^\s+\[([A-Z_]+)\] = LOOK\(([A-Z]+), "(.+)"\),$/word \1 \L\2\E \3/p' "$look"
}
expected() {
	from_page | jq -cR '[splits(" ")]' | jq -cs '
		({HA_UNKNOWN: 0, HA_DISABLED: 1, HA_ACTIVE: 2, HA_BLOCKED_PRIMARY_UNAVAILABLE: 3, HA_BLOCKED_SECONDARY_UNAVAILABLE: 4,
			HA_BLOCKED_BOTH_UNAVAILABLE: 5}) as $status
		| ({UNKNOWN: 0, UP: 1, MAINTENANCE: 2, PROVISIONING: 3, DOWN: 4}) as $state
		| (map(select(.[0] == "colour") | {(.[1]): .[2]}) | add) as $colours
		| map(select(.[0] == "word")) as $words
		| def words($codes): [$words[] | select($codes[.[1]] != null) | "\($codes[.[1]]) \(.[3]) \($colours[.[2]])"];
		{$colours, statuses: words($status), states: words($state)}'
}
