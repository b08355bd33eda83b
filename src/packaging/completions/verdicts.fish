# Completion of verdicts(1) for fish: the program itself says what could stand next.

function __verdicts_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] "$word" 2>/dev/null)
        switch $line
            case ':files*'
                __fish_complete_path "$word"
            case ':folders*'
                __fish_complete_directories "$word" ''
            case '*'
                echo $line
        end
    end
end

complete -c verdicts -f -a '(__verdicts_complete)'
