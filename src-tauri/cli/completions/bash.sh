
# The command behind the `--` in front of word $1 is completed as itself, as far as this bash knows how.
__rolecall_complete_command() {
  local offset
  for offset in _comp_command_offset _command_offset; do
    if declare -F "$offset" >/dev/null; then
      "$offset" "$1"
      return
    fi
  done
  COMPREPLY=()
  if (($1 == COMP_CWORD)); then
    while IFS= read -r offset; do
      COMPREPLY+=("$offset")
    done < <(compgen -c -- "$2")
  fi
  type compopt &>/dev/null && compopt -o default 2>/dev/null
}

# What is offered comes from the program, which knows accounts, profiles and portals.
__rolecall_complete() {
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -- ]]; then
      __rolecall_complete_command $((i + 1)) "$2"
      return
    fi
  done
  local line=${COMP_LINE:0:COMP_POINT} stripped word current prefix
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
    # An account wants its role.
    [[ ${#COMPREPLY[@]} -eq 0 || ${COMPREPLY[0]} != */ ]] || compopt -o nospace 2>/dev/null
  fi
}
complete -F __rolecall_complete rolecall
