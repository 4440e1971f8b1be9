# What decides which pages fire: of a file of rules the critical alerts, without their texts, and the recordings that
# these need. The rest says nothing about the lives of fuzz.sh, and takes most of the time.
function flush() {
	if (rule != "" && rule !~ /severity: (warning|info|none)/)
		rules[++count] = rule
	rule = ""
}
function is_read(name, i) {
	for (i = 1; i <= count; i++)
		if (index(rules[i], name) && index(rules[i], "record: " name "\n") == 0)
			return 1
	return 0
}
function name_of(rule) {
	return match(rule, /- record: [^\n]*/) ? substr(rule, RSTART + 10, RLENGTH - 10) : ""
}
function drop_unread(i, kept, dropped) {
	do {
		dropped = 0
		for (i = 1; i <= count; i++)
			if (name_of(rules[i]) != "" && !is_read(name_of(rules[i]))) {
				rules[i] = ""
				dropped = 1
			}
	} while (dropped)
}
/^ *(#|$)/ { next }
/^      - / { flush(); in_rules = 1; in_texts = 0 }
!in_rules { head = head $0 "\n"; next }
/^        [a-z]/ { in_texts = /^        annotations:/ }
!in_texts { rule = rule $0 "\n" }
END {
	flush()
	drop_unread()
	printf "%s", head
	for (i = 1; i <= count; i++)
		printf "%s", rules[i]
}
