# The texts of the alerts, from what promtool says of a test that expects none.
/^ +alertname: / { name = $2; sub(/,$/, "", name) }
/^ +Labels:/ { match($0, /priority="P[0-9]"/); priority = RSTART ? substr($0, RSTART + 10, 2) : "-" }
/^ +Annotations:/ {
	text = $0
	sub(/^ +Annotations:\{/, "", text)
	sub(/"\}$/, "", text)
	gsub(/\\"/, "\"", text)
	n = split(text, part, /", /)
	print name " (" priority ")"
	for (i = 1; i <= n; i++) {
		if (part[i] ~ /^(runbook_url|response)=/) continue
		sub(/="/, ": ", part[i])
		print "  " part[i]
	}
	print ""
}
