# Completion of backprop-cli for bash. The program itself knows what fits; see app/cli/complete.c.

_backprop_cli()
{
  local -a words=()
  local cword cur line text cut=
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n =: -w words -i cword cur
  else
    line=${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"$line"
    [[ $line != *[[:space:]] ]] || words+=('')
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
  fi
  # Readline replaces what follows the last = only, where that parts words.
  [[ $COMP_WORDBREAKS != *=* || $cur != *=* ]] || cut=${cur%"${cur##*=}"}
  COMPREPLY=()
  while IFS= read -r line; do
    text=${line%%$'\t'*}
    case $text in
      :files) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "${cur#"$cut"}") ;;
      :dirs) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "${cur#"$cut"}") ;;
      *) COMPREPLY+=("${text#"$cut"}") ;;
    esac
    case $text in
      :files | :dirs) compopt -o filenames 2>/dev/null ;;
      *[.=]) compopt -o nospace 2>/dev/null ;;
    esac
  done < <("$1" complete -- "${words[@]:1:cword}" 2>/dev/null)
}

complete -F _backprop_cli backprop-cli
