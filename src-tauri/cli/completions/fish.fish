
# What is offered comes from the program, which knows accounts, profiles and portals.
function __rolecall_complete
    set -l current (commandline -ct)
    command @PROGRAM@ complete fish "--current=$current" -- (commandline -opc) 2>/dev/null
end
# The command behind `--` is completed as itself.
function __rolecall_complete_command
    set -l words (commandline -opc)
    set -e words[1..(contains -i -- -- $words)]
    complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
end
complete -c rolecall -f -n 'not contains -- -- (commandline -opc)' -a '(__rolecall_complete)'
complete -c rolecall -f -n 'contains -- -- (commandline -opc)' -a '(__rolecall_complete_command)'
