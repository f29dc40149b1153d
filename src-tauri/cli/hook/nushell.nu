# Rolecall for nushell. Once:  rolecall hook nushell | save -f ~/.rolecall.nu   and in config.nu:  source ~/.rolecall.nu
# Nushell runs no code that a program printed, so `use` prints data here.
const __rolecall_program = @PROGRAM@

def --env __rolecall_apply [out: string] {
  if ($out | str starts-with "{") {
    let change = ($out | from json)
    load-env $change.set
    for name in $change.unset { hide-env --ignore-errors $name }
  } else if ($out | is-not-empty) {
    print $out
  }
}

def --env __rolecall_hook [] {
  __rolecall_apply (^$__rolecall_program hook-env nushell)
}

# Switch between AWS accounts and roles
def --env --wrapped rolecall [...args: string] {
  if ($args | is-not-empty) and ($args.0 == "use") {
    __rolecall_apply (^$__rolecall_program use --shell nushell ...($args | skip 1))
  } else {
    ^$__rolecall_program ...$args
    # Trust, a list or a sign-in may be new.
    if ($args | is-not-empty) and ($args.0 in [trust untrust login list]) { __rolecall_hook }
  }
}

# Nushell tells when the folder changes, so the program is not started at every prompt. A record is not in the
# environment of children, who have to be told themselves.
if "__rolecall" not-in $env {
  $env.__rolecall = {hooked: true}
  $env.config.hooks.env_change = ($env.config.hooks.env_change? | default {} | upsert PWD {|hooks|
    $hooks.PWD? | default [] | append {|before, after| __rolecall_hook }
  })
}
