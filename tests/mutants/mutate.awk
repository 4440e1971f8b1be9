# Changes one place of a C file at a time. Without `apply` lists every change as
#     NUMBER <tab> LINE <tab> OLD TEXT <tab> NEW TEXT
# and with it prints the file with that change made.
# usage: awk -v target=FILE [-v apply=NUMBER] -f mutate.awk HEADER... FILE
#
# It knows the style of this project, not all of C: one space around a binary operator, one statement a line,
# no code in column 0. A statement that goes over several lines is taken as one.

{ words_of_line($0) }
FILENAME == target { line[++lines] = $0 }

END {
	find_macros()
	join_lines()
	for (k = 1; k <= count; k++)
		if (!is_left_alone())
			mutate()
	if (apply != "")
		for (k = 1; k <= count; k++)
			print k == applied ? applied_text : text[k]
}

# The words of every enum: those with a meaning may stand for each other, those with a number are constants.

function words_of_line(s) {
	sub(/\/\*.*/, "", s)
	if (match(s, /enum( [a-z_]+)? \{/)) {
		body = ""
		in_enum = 1
		s = substr(s, RSTART + RLENGTH)
	}
	if (!in_enum)
		return
	body = body s
	if (!index(s, "}"))
		return
	in_enum = 0
	sub(/\}.*/, "", body)
	words_of_enum(body)
}

function words_of_enum(body,    part, n, i, word, is_constant) {
	n = split(body, part, ",")
	is_constant = body ~ /= *[0-9]/
	groups++
	for (i = 1; i <= n; i++) {
		word = part[i]
		gsub(/=.*|[ \t]/, "", word)
		if (word == "")
			continue
		if (is_constant || word ~ /(S|_MAX)$/)
			constant[word] = 1
		else if (!(word in group)) {
			group[word] = groups
			member[groups, ++members[groups]] = word
		}
	}
}

# The cells of tables are macros whose names are not all in capitals.
function find_macros(    i, s) {
	for (i = 1; i <= lines; i++) {
		s = line[i]
		if (s !~ /^#define [A-Z][A-Za-z_]*[a-z]/)
			continue
		sub(/^#define /, "", s)
		macro[++macros] = s
		sub(/[ \t(].*/, "", macro[macros])
		takes_argument[macro[macros]] = s ~ /^[A-Za-z_]+\(/
		if (match(s, /[A-Z]+_##/))
			prefix = substr(s, RSTART, RLENGTH - 2)
	}
}

# Comments, strings and characters as blanks, of the same length.
function mask(s,    out, i, two, c) {
	for (i = 1; i <= length(s); i++) {
		two = substr(s, i, 2)
		c = substr(two, 1, 1)
		if (in_comment) {
			out = out (c == "\t" ? c : " ")
			if (two == "*/") {
				out = out " "
				in_comment = 0
				i++
			}
		} else if (two == "/*") {
			out = out "  "
			in_comment = 1
			i++
		} else if (c == "\"" || c == "'") {
			out = out " "
			while (++i < length(s) && substr(s, i, 1) != c) {
				if (substr(s, i, 1) == "\\") {
					out = out " "
					i++
				}
				out = out " "
			}
			out = out " "
		} else
			out = out c
	}
	return out
}

function depth_of(s,    opened, closed) {
	opened = gsub(/\(/, "", s)
	closed = gsub(/\)/, "", s)
	return opened - closed
}

# text[], code[] (masked) and first[] (its line) of each statement.
function join_lines(    i, m, end) {
	for (i = 1; i <= lines; i++) {
		text[++count] = line[i]
		code[count] = mask(line[i])
		first[count] = i
		while (i < lines && is_open(code[count])) {
			i++
			text[count] = text[count] "\n" line[i]
			code[count] = code[count] "\n" mask(line[i])
		}
	}
}

function is_open(m) {
	if (in_comment || m ~ /^[ \t]*$/ || m ~ /^#/)
		return 0
	if (depth_of(m))
		return 1
	return m ~ /^[ \t]/ && m !~ /[;{},:][ \t]*$/ && m !~ /^[ \t]*((\} )?else|if|while|for|switch|case|default)([^A-Za-z_]|$)/
}

# Names for people and the log are no decisions, and a declaration has no place to change.
function is_left_alone() {
	if (text[k] ~ /^(static )?const char \*const /)
		in_names = 1
	if (text[k] ~ /^[a-z]/)
		returns_bool = text[k] ~ /^(static )?bool /
	if (text[k] ~ /^};/ && in_names) {
		in_names = 0
		return 1
	}
	return in_names || text[k] ~ /^\t+log_[a-z]+\(/ || text[k] ~ /^#include/ || (text[k] !~ /^(\t|#define |enum )/)
}

function squeezed(s) {
	gsub(/[ \t\n]+/, " ", s)
	gsub(/^ | $/, "", s)
	return s
}

# Puts `new` in place of `size` characters at `at`.
function change(at, size, new,    mutant, before) {
	mutant = substr(text[k], 1, at - 1) new substr(text[k], at + size)
	if (mutant == text[k] || (k, mutant) in is_made)
		return
	is_made[k, mutant] = 1
	before = substr(text[k], 1, at - 1)
	number++
	if (apply == "")
		printf "%d\t%d\t%s\t%s\n", number, first[k] + gsub(/\n/, "", before), squeezed(text[k]), squeezed(mutant)
	else if (apply == number) {
		applied = k
		applied_text = mutant
	}
}

function mutate(    at, m, c) {
	m = code[k]
	drop_statements(m)
	negate_condition(m)
	for (at = 1; at <= length(m); at++) {
		c = substr(m, at, 1)
		if (c ~ /[A-Za-z_]/)
			at += word(m, at) - 1
		else if (c ~ /[0-9]/)
			at += digits(m, at) - 1
		else if (c == " ")
			operator(m, at + 1)
		else
			sign(m, at, c)
	}
}

# Each of the statements of a line, or the one element of an initialiser.
function drop_statements(m,    at, c, depth, start, s) {
	if (m ~ /^\t+(\.|\[).*,[ \t]*$/)
		change(1, length(m), "")
	if (m ~ /[{}]/ || m ~ /^[^\t]/)
		return
	start = 1
	for (at = 1; at <= length(m); at++) {
		c = substr(m, at, 1)
		depth += c == "(" ? 1 : c == ")" ? -1 : 0
		if (c == ":" && substr(m, 1, at) ~ /^[ \t]*(case [A-Za-z0-9_]+|default):$/)
			start = at + 1
		if (c != ";" || depth)
			continue
		s = substr(m, start, at - start)
		change(start, at - start, " ")
		if (returns_bool && match(s, /^[ \t]*return /))
			change(start, at - start, " return !(" substr(s, RLENGTH + 1) ")")
		start = at + 1
	}
}

function closing(m, at,    depth, c) {
	for (; at <= length(m); at++) {
		c = substr(m, at, 1)
		depth += c == "(" ? 1 : c == ")" ? -1 : 0
		if (c == ")" && !depth)
			return at
	}
}

function negate_condition(m,    at, end) {
	if (!match(m, /^[ \t]*(\} )?(else )?(if|while) \(/))
		return
	at = RLENGTH
	end = closing(m, at)
	change(at, end - at + 1, "(!" substr(text[k], at, end - at + 1) ")")
}

function word(m, at,    w, is_index, i, g) {
	match(substr(m, at), /^[A-Za-z0-9_]+/)
	w = substr(m, at, RLENGTH)
	i = RLENGTH
	is_index = substr(m, at - 1, 1) == "[" && substr(m, at + i) ~ /^\] +=/
	if (is_index || (text[k] ~ /^enum /) || (text[k] ~ /^#define/ && at < 10))
		return i
	if (w == "true" || w == "false")
		change(at, i, w == "true" ? "false" : "true")
	else if (w in group)
		swap(at, i, w, group[w], "")
	else if (prefix != "" && substr(m, at - 1, 1) == "(" && (prefix w) in group)
		swap(at, i, prefix w, group[prefix w], prefix)
	else if (w in constant && substr(m, at + i) !~ /^\](\[|;| +=)/) {
		change(at, i, "(" w " - 1)")
		change(at, i, "(" w " + 1)")
	} else if (w in takes_argument && text[k] !~ /^#/)
		swap_cell(m, at, i, w)
	return i
}

function swap(at, size, w, g, prefix,    i) {
	for (i = 1; i <= members[g]; i++)
		if (member[g, i] != w)
			change(at, size, substr(member[g, i], length(prefix) + 1))
}

function swap_cell(m, at, size, w,    i, argument, all) {
	all = size
	argument = "NO_CAPACITY"
	if (takes_argument[w]) {
		all = closing(m, at) - at + 1
		argument = substr(m, at + size + 1, all - size - 2)
	}
	for (i = 1; i <= macros; i++)
		if (macro[i] != w)
			change(at, all, macro[i] (takes_argument[macro[i]] ? "(" argument ")" : ""))
}

function digits(m, at,    d) {
	match(substr(m, at), /^[0-9]+/)
	d = substr(m, at, RLENGTH)
	change(at, RLENGTH, d + 1)
	change(at, RLENGTH, "(" d - 1 ")")
	return RLENGTH
}

function sign(m, at, c,    two) {
	two = substr(m, at, 2)
	if (two == "++" || two == "--")
		change(at, 2, two == "++" ? "--" : "++")
	else if (c == "!" && two != "!=")
		change(at, 1, "")
}

# What may stand in an operator's place.
BEGIN {
	others["<"] = "<= >="
	others["<="] = "< >"
	others[">"] = ">= <="
	others[">="] = "> <"
	others["=="] = "!="
	others["!="] = "=="
	others["&&"] = "||"
	others["||"] = "&&"
	others["+"] = "-"
	others["-"] = "+"
	others["*"] = "/"
	others["/"] = "*"
	others["%"] = "/"
	others["<<"] = ">>"
	others[">>"] = "<<"
	others["&"] = "|"
	others["|"] = "&"
	others["+="] = "-= ="
	others["-="] = "+= ="
	others["|="] = "= &="
	others["&="] = "= |="
	others["?"] = "==|0|?" # the other way round
}

function operator(m, at,    op, n, i, part, new) {
	match(substr(m, at), /^[^ \n]+/)
	op = substr(m, at, RLENGTH)
	if (!(op in others) || substr(m, at + RLENGTH, 1) !~ /[ \n]/)
		return
	i = RLENGTH
	n = split(others[op], part, " ")
	while (n) {
		new = part[n--]
		gsub(/\|0\|/, " 0 ", new)
		change(at, i, new)
	}
	if (op == "&&" || op == "||")
		change_operands(m, at, op == "&&" ? "true" : "false")
}

# As if the operand before, and the one behind, were not there.
function change_operands(m, at, without,    from, to, depth, c) {
	for (from = at - 2; from > 1; from--) {
		c = substr(m, from, 1)
		depth += c == ")" ? 1 : c == "(" ? -1 : 0
		if (depth < 0 || (!depth && substr(m, 1, from) ~ /[ \t\n](&&|\|\||\|?=|\?|:|return)[ \t\n]$/))
			break
	}
	do
		from++
	while (substr(m, from, 1) ~ /[ \t\n]/)
	change(from, at - 1 - from, without)
	depth = 0
	for (to = at + 3; to <= length(m); to++) {
		c = substr(m, to, 1)
		depth += c == "(" ? 1 : c == ")" ? -1 : 0
		if (depth < 0 || (!depth && (c ~ /[;,]/ || substr(m, to, 3) ~ /^[ \n](&&|\|\||\?)/)))
			break
	}
	change(at + 2, to - at - 2, " " without)
}
