# Rolecall for zsh. In ~/.zshrc:  eval "$(rolecall hook zsh)"
unalias rolecall 2>/dev/null || :
typeset -g __rolecall_program=@PROGRAM@

# `use` prints code for this shell; everything else is the program's own.
function rolecall {
  emulate -L zsh
  local __rolecall_code=0 __rolecall_out
  if [[ "${1-}" == use ]]; then
    __rolecall_out="$("$__rolecall_program" use --shell zsh "${@[2,-1]}")" || __rolecall_code=$?
    case "$__rolecall_out" in
      ('# rolecall'*) eval "$__rolecall_out" || __rolecall_code=$? ;;
      ('') ;;
      (*) print -r -- "$__rolecall_out" ;;
    esac
  else
    # Behind `||` zsh forgets which signal ended it.
    "$__rolecall_program" "$@"
    __rolecall_code=$?
  fi
  # Trust, a list or a sign-in may be new.
  typeset -g __rolecall_seen=
  return $__rolecall_code
}

# At every prompt and after every `cd`: the program is started only if another .rolecall.toml counts now, or its text
# has changed.
function __rolecall_hook {
  local code=$?
  emulate -L zsh
  (( ZSH_SUBSHELL == 0 )) || return $code
  local dir=$PWD file='' text='' seen out
  while :; do
    if [[ -e $dir/.rolecall.toml || -L $dir/.rolecall.toml ]]; then
      file=$dir/.rolecall.toml
      break
    fi
    [[ -n $dir ]] || break
    dir=${dir%/*}
  done
  if [[ -n $file && -f $file && ! -L $file && -r $file ]]; then
    IFS= read -r -k 16384 -u 0 text <"$file" || :
  fi
  seen="$file|$text"
  if [[ "$seen" != "${__rolecall_seen-}" ]]; then
    typeset -g __rolecall_seen=$seen
    if [[ -n $file || "${ROLECALL_SHELL-}" == *'"directory"'* ]]; then
      out="$("$__rolecall_program" hook-env zsh)" || :
      [[ "$out" != '# rolecall'* ]] || eval "$out"
    fi
  fi
  return $code
}

# First, so that a prompt that is made by others sees what is set.
typeset -ga precmd_functions chpwd_functions
(( ${precmd_functions[(I)__rolecall_hook]} )) || precmd_functions=(__rolecall_hook "${precmd_functions[@]}")
(( ${chpwd_functions[(I)__rolecall_hook]} )) || chpwd_functions=(__rolecall_hook "${chpwd_functions[@]}")
