# Completion of backprop-cli for fish. The program itself knows what fits; see app/cli/complete.c.

function __backprop_cli
    set -l words (commandline -opc)
    set -l now (commandline -ct)
    for line in ($words[1] complete -- $words[2..] $now 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path $now
            case :dirs
                __fish_complete_directories $now ''
            case '*'
                echo $line
        end
    end
end

complete -c backprop-cli -f -a '(__backprop_cli)'
