
# What is offered comes from the program, which knows accounts, profiles and portals.
__rolecall_complete() {
  local line=${COMP_LINE:0:COMP_POINT} stripped word current prefix i
  local -a words=()
  # Bash cuts words at `=`, `:` and `@`; what has no space between was one word.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    stripped=${line#"${line%%[![:space:]]*}"}
    # The last one goes as far as the cursor.
    ((i < COMP_CWORD)) || word=${stripped:-$2}
    if ((i > 0)) && [[ $stripped == "$line" && -n $COMP_LINE ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    line=${stripped#"$word"}
  done
  current=${words[${#words[@]} - 1]}
  unset "words[${#words[@]} - 1]"
  prefix=${current%"$2"}
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("${word#"$prefix"}")
  done < <(command @PROGRAM@ complete bash "--current=$current" -- "${words[@]}" 2>/dev/null)
  if type compopt &>/dev/null; then
    [[ " ${words[*]} " != *' -- '* ]] || compopt -o default 2>/dev/null
    # An account wants its role.
    [[ ${#COMPREPLY[@]} -eq 0 || ${COMPREPLY[0]} != */ ]] || compopt -o nospace 2>/dev/null
  fi
}
complete -F __rolecall_complete rolecall
