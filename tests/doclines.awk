# Print "function <tab> cost <tab> what it may run" for each exported function; a line that begins with "!" where the
# last line of its comment does not say so.
/^\/\*\*/ { comment = ""; inside = 1 }
inside {
    line = $0
    sub(/^ *\/?\*+\/? ?/, "", line)
    sub(/ *\*\/ *$/, "", line)
    if (line ~ /[^ ]/)
        comment = comment (comment == "" ? "" : " ") line
    else if ($0 !~ /\*\/ *$/)
        comment = comment "\n"
    if ($0 ~ /\*\/ *$/) { inside = 0 }
    next
}
/^LOAM_API .*\(/ {
    name = $0
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    if (name ~ /^loam__/) { comment = ""; next }
    last = comment
    sub(/.*\n */, "", last)
    if (match(last, /(Amortized )?O\([^)]*(\([^)]*\))?[^)]*\)[^.]*\. (Runs no user code( unless it fails: .*)?|May run [^.]*)\.$/)) {
        text = substr(last, RSTART)
        cost = text; sub(/\. (Runs|May run).*/, "", cost)
        runs = substr(text, length(cost) + 3)
        print name "\t" cost "\t" runs
    } else
        print "!" name "\t" last
    comment = ""
    next
}
/^[^ ]/ { if ($0 !~ /^LOAM_API/) comment = "" }
