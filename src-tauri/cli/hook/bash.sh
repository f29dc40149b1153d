# Rolecall for bash. In ~/.bashrc:  eval "$(rolecall hook bash)"
unalias rolecall 2>/dev/null || :
__rolecall_program=@PROGRAM@

# `use` prints code for this shell; everything else is the program's own.
function rolecall {
  local __rolecall_code=0 __rolecall_out
  if [[ "${1-}" == use ]]; then
    __rolecall_out="$("$__rolecall_program" use --shell bash "${@:2}")" || __rolecall_code=$?
    case "$__rolecall_out" in
      '# rolecall'*) eval "$__rolecall_out" || __rolecall_code=$? ;;
      '') ;;
      *) printf '%s\n' "$__rolecall_out" ;;
    esac
  else
    "$__rolecall_program" "$@" || __rolecall_code=$?
  fi
  # Trust, a list or a sign-in may be new.
  __rolecall_seen=
  return "$__rolecall_code"
}

# At every prompt: the program is started only if another .rolecall.toml counts now, or its text has changed.
__rolecall_hook() {
  local code=$? dir=$PWD file='' text='' seen out
  while :; do
    if [[ -e $dir/.rolecall.toml || -L $dir/.rolecall.toml ]]; then
      file=$dir/.rolecall.toml
      break
    fi
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
  if [[ -n $file && -f $file && ! -L $file && -r $file ]]; then
    IFS= read -r -d '' -n 16384 text <"$file" || :
  fi
  seen="$file|$text"
  if [[ "$seen" != "${__rolecall_seen-}" ]]; then
    __rolecall_seen=$seen
    if [[ -n $file || "${ROLECALL_SHELL-}" == *'"directory"'* ]]; then
      out="$("$__rolecall_program" hook-env bash)" || :
      [[ "$out" != '# rolecall'* ]] || eval "$out"
    fi
  fi
  # What comes behind sees how the command ended; but where `set -e` is on, that would end the shell.
  [[ $- != *e* ]] || return 0
  return "$code"
}

# First, so that a prompt that is made by others sees what is set.
if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == 'declare -a'* ]]; then
  [[ " ${PROMPT_COMMAND[*]-} " == *__rolecall_hook* ]] || PROMPT_COMMAND=(__rolecall_hook "${PROMPT_COMMAND[@]}")
elif [[ "${PROMPT_COMMAND-}" != *__rolecall_hook* ]]; then
  PROMPT_COMMAND="__rolecall_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
fi
