
# In front of the prompt. What a command in it prints is not expanded again.
__rolecall_prompt() {
  local code=$? text
  text="$("$__rolecall_program" prompt --shell bash 2>/dev/null)"
  [[ -z $text ]] || printf '%s ' "$text"
  return "$code"
}
[[ "${PS1-}" == *__rolecall_prompt* ]] || PS1='$(__rolecall_prompt)'"${PS1-}"
