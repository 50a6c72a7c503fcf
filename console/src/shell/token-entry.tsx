import { useApolloClient } from '@apollo/client/react';
import { Alert, Button, Card, Code, PasswordInput, Stack, Text } from '@mantine/core';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { session } from '../api/token.ts';
import { shell } from '../texts/en.ts';
import { Frame } from '../ui/frame.tsx';

/** In place of any page, while the server lets nobody in with what it was given. */
export function TokenEntry(): ReactNode {
  const client = useApolloClient();
  const [token, setToken] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (token.trim() === '') return;
    // What is remembered may be what somebody else may see.
    void client.clearStore();
    session.enter(token.trim());
  };
  return (
    <Frame title={shell.token.title}>
      <Card withBorder maw={520} p="lg" component="form" onSubmit={submit}>
        <Stack>
          <Text>{shell.token.text}</Text>
          {session.token !== undefined && <Alert color="red">{shell.token.refused}</Alert>}
          <PasswordInput
            label={shell.token.label}
            value={token}
            onChange={({ currentTarget }) => setToken(currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <Button type="submit">{shell.token.submit}</Button>
          <Text size="sm" c="dimmed">
            {shell.token.how} <Code>{shell.token.command}</Code>
          </Text>
        </Stack>
      </Card>
    </Frame>
  );
}
