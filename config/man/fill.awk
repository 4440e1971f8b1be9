# Fills the text of a generated part: each sentence begins a line, and no line is longer than 79 characters.
# Requests of mdoc and what stands between .Bd and .Ed stay as they are.
/^\.Bd/ { is_literal = 1 }
/^\.Ed/ { is_literal = 0 }
is_literal || /^\./ || length <= 79 && !/[a-z)][.] [A-Z]/ { print; next }
{
	while (match($0, /[a-z)][.] [A-Z]/)) {
		wrap(substr($0, 1, RSTART + 1))
		$0 = substr($0, RSTART + 3)
	}
	wrap($0)
}
function wrap(text,   at) {
	while (length(text) > 79) {
		for (at = 80; at > 1 && substr(text, at, 1) != " ";)
			at--
		if (at <= 1)
			break
		print substr(text, 1, at - 1)
		text = substr(text, at + 1)
	}
	print text
}
