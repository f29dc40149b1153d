
# What is offered comes from the program, which knows accounts, profiles and portals.
function __rolecall_complete
    set -l current (commandline -ct)
    command @PROGRAM@ complete fish "--current=$current" -- (commandline -opc) 2>/dev/null
end
complete -c rolecall -f -n 'not contains -- -- (commandline -opc)' -a '(__rolecall_complete)'
complete -c rolecall -F -n 'contains -- -- (commandline -opc)'
