# Makes mdoc of what the programs say with --help, so that the manual and --help never differ.
# usage: hawatchd --help | awk -v part=flags -f help.awk
#        hawatch --help | awk -v part=options -f help.awk
#        hawatch COMMAND --help | awk -v part=command -v common="$(hawatch --help)" -f help.awk

function escaped(text) {
	gsub(/\\/, "\\e", text); gsub(/"/, "\\(dq", text)
	return text
}

# A paragraph is one line; fill.awk breaks it.
function add(text) { paragraph = paragraph (paragraph == "" ? "" : " ") text }
function end_paragraph() {
	if (paragraph != "")
		print (paragraph ~ /^[.']/ ? "\\&" : "") escaped(paragraph)
	paragraph = ""
}

# An option as the help has it: "--x=ARG", "-o, --output FORMAT", "--watch[=DURATION]".
function item(option,   name, argument, letter) {
	if (match(option, /^-[a-z], /)) {
		letter = "Fl " substr(option, 2, 1) " , "
		option = substr(option, RLENGTH + 1)
	}
	match(option, /^--[a-z.-]+/)
	name = "Fl -" substr(option, 3, RLENGTH - 2)
	argument = substr(option, RLENGTH + 1)
	if (argument ~ /^\[=/)
		argument = " Ns Oo = Ns Ar " substr(argument, 3, length(argument) - 3) " Oc"
	else if (argument ~ /^=/)
		argument = " Ns = Ns Ar " substr(argument, 2)
	else if (argument != "")
		argument = " Ar " substr(argument, 2)
	print ".It " letter name argument
}

# The lines of an option: "  OPTION   text", and below it lines that only have text. What is said of an option of
# every command is not repeated.
function option_line(line,   option) {
	if (line ~ /^  -/) {
		end_paragraph()
		is_shown = !(line in is_common)
		if (!is_shown)
			return
		option = substr(line, 3)
		sub(/  .*/, "", option)
		if (match(option, /^--[^ =]+ [A-Z]+ |^--[^ =]+=[^ ]+ /)) # it fills its column: "--token-file FILE file with ..."
			option = substr(option, 1, RLENGTH - 1)
		if (!items++)
			print ".Bl -tag -width Ds"
		item(option)
		line = substr(line, 3 + length(option))
	}
	sub(/^ +/, "", line)
	if (is_shown)
		add(line)
}
function end_items() {
	end_paragraph()
	if (items)
		print ".El"
	items = 0
}

BEGIN {
	for (i = split(common, lines, "\n"); i > 0; i--)
		is_common[lines[i]]
}

part == "flags" {
	if (/^  ( |-)/)
		option_line($0)
	next
}
part == "options" {
	if ($0 == "")
		where = ""
	if (where == "options")
		option_line($0)
	if ($0 == "Options:")
		where = "options"
	next
}

# A command: its usage, a line of what it does, paragraphs, examples, options.
FNR == 1 {
	sub(/^Usage: hawatch /, ""); sub(/ \[OPTIONS\]$/, "")
	print ".Ss " escaped($0) "\\&"
	next
}
FNR == 2 { add(toupper(substr($0, 1, 1)) substr($0, 2) "."); next }
$0 == "Examples:" { where = "examples"; next }
$0 == "Options:" { where = "options"; end_paragraph(); next }
where == "examples" { sub(/^  /, ""); if ($0 != "") examples = examples escaped($0) "\n"; next }
where == "options" { option_line($0); next }
$0 == "" { is_new = 1; next }
{
	if (is_new || /^(Exit|JSON|With|Without|In a pipe)/) {
		end_paragraph()
		print ".Pp"
	}
	is_new = 0
	add($0)
}

END {
	end_items()
	if (examples != "")
		printf "%s", ".Bd -literal -offset indent\n" examples ".Ed\n"
}
