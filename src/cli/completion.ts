import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/**
 * For bash: what is typed is handed on as it is, and never evaluated, so that TAB runs nothing that stands in the line. Where there is nothing to
 * propose, bash proposes files.
 */
const BASH = `# bash completion for regraft: source <(regraft completion bash)
_regraft() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" value rest
  COMPREPLY=()
  while IFS=$'\\t' read -r value rest; do
    if [[ -n $value && $value != :* && $value == "$cur"* ]]; then COMPREPLY+=("$value"); fi
  done < <(regraft complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$cur" 2>/dev/null)
}
complete -o default -F _regraft regraft
`;

/** `regraft completion <shell>`, and the hidden command that its scripts ask. To be called once all commands are there. */
export function addCompletion(program: Command): void {
  const completion = tab(program, { completionCommandName: 'completion' });
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('Prints a script that completes commands and options in a shell.')
    .addHelpText(
      'after',
      '\nExamples:\n  source <(regraft completion bash)                     # in ~/.bashrc\n  regraft completion zsh > "${fpath[1]}/_regraft"       # once',
    )
    .action((shell: string) => {
      if (shell === 'bash') process.stdout.write(BASH);
      else completion.setup('regraft', 'regraft', shell);
    });
}
