#compdef rolecall

function _rolecall {
  # The command behind `--` is completed as itself, with the options of the completion system: no `emulate` here.
  local -i at=${words[(I)--]}
  if (( at > 1 && at < CURRENT )); then
    words=("${(@)words[at+1,-1]}")
    (( CURRENT -= at ))
    _normal
    return
  fi
  _rolecall_offered
}

# What is offered comes from the program, which knows accounts, profiles and portals.
function _rolecall_offered {
  emulate -L zsh
  local -a lines values about open open_about
  local line value
  lines=("${(@f)$(command @PROGRAM@ complete zsh "--current=$PREFIX" -- "${(@Q)words[1,CURRENT-1]}" 2>/dev/null)}")
  for line in "${(@)lines}"; do
    value=${line%%$'\t'*}
    [[ -n $value ]] || continue
    line=${line#*$'\t'}
    [[ -z $line ]] || line="$value  -- $line"
    # An account wants its role.
    if [[ $value == */ ]]; then
      open+=("$value") open_about+=("${line:-$value}")
    else
      values+=("$value") about+=("${line:-$value}")
    fi
  done
  local -i found=1
  (( $#values )) && compadd -l -d about -a values && found=0
  (( $#open )) && compadd -l -S '' -d open_about -a open && found=0
  return found
}

if [[ "${funcstack[1]-}" == _rolecall ]]; then
  _rolecall "$@"
elif (( $+functions[compdef] )); then
  compdef _rolecall rolecall
fi
