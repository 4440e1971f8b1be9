# Survivors, the errors of `equivalent`, who killed how many, and the sum.
# usage: awk -F '\t' -v whole=1 -v seconds=N -f sum.awk equivalent LIST VERDICTS

FNR == 1 { input++ }

# An entry: the file, `- ` and its line, `+ ` and the line as changed, the reason with two blanks before it.
input == 1 && /^#/ { next }
input == 1 && /^(lib|daemon)\// { file = $1 }
input == 1 && /^- / { old = substr($0, 3) }
input == 1 && /^\+/ {
	entry = file "\t" old "\t" substr($0, 3)
	at[entry] = FNR
	matched[entry] = 0
}
input == 1 && /^  / { reason[entry] = 1 }

input == 2 {
	place[FNR] = $1 ":" $3
	change[FNR] = $1 "\t" $4 "\t" $5
	text[FNR] = "\n    - " $4 "\n    + " $5
}

input == 3 && $2 == "none" { next }
input == 3 {
	mutants++
	if ($2 == "killed") {
		killed++
		by[$3]++
	} else if ($2 == "same")
		same++
	else if (change[$1] in at)
		equivalent++
	else {
		survived++
		print "survived: " place[$1] text[$1]
	}
	if (change[$1] in at) {
		matched[change[$1]]++
		if ($2 == "killed")
			fail("is killed by " $3 " at " place[$1], change[$1])
	}
}

END {
	for (entry in at) {
		if (whole && !matched[entry])
			fail("matches nothing", entry)
		if (!reason[entry])
			fail("has no reason", entry)
	}
	for (test in by)
		printf "%6d killed by %s\n", by[test], test | "sort -rn"
	close("sort -rn")
	printf "%d s, of which the compiler makes the same code %d times\n", seconds, same
	printf "%d mutants, %d killed, %d equivalent, %d survived\n", mutants, killed, same + equivalent, survived
	exit survived > 0 || errors > 0
}

function fail(what, entry) {
	errors++
	print "tests/mutants/equivalent:" at[entry] ": this " what
}
