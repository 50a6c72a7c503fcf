import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { useNavigate } from 'react-router';
import { useCommand } from '../../api/use-command.ts';
import { apps as texts } from '../../texts/en.ts';
import { Problem } from '../../ui/problem.tsx';
import { CreateAppDocument } from './apps.generated.ts';

interface CreateAppProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function CreateApp({ opened, onClose }: CreateAppProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title={texts.create.title}>
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: Pick<CreateAppProps, 'onClose'>): ReactNode {
  const [name, setName] = useState('');
  const [team, setTeam] = useState('');
  const [isMissing, setMissing] = useState(false);
  const navigate = useNavigate();
  const createApp = useCommand(CreateAppDocument);
  const submit = async (): Promise<void> => {
    setMissing(name.trim() === '');
    if (name.trim() === '') return;
    const done = await createApp.run({ name: name.trim(), ...(team.trim() !== '' && { team: team.trim() }) });
    if (!done) return;
    notifications.show({ message: texts.create.done(done.createApp.app.name) });
    onClose();
    await navigate(`/apps/${done.createApp.app.id}`);
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    void submit();
  };
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput
          label={texts.create.name}
          description={texts.create.nameHint}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={isMissing && texts.create.nameMissing}
          data-autofocus
        />
        <TextInput
          label={texts.create.team}
          description={texts.create.teamHint}
          value={team}
          onChange={({ currentTarget }) => setTeam(currentTarget.value)}
        />
        {createApp.error && <Problem error={createApp.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.create.cancel}
          </Button>
          <Button type="submit" loading={createApp.running}>
            {texts.create.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
