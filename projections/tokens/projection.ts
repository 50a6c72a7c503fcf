import { readFileSync } from 'node:fs';
import type { Projection } from '../../src/projector/projection.js';
import { handle, type Handlers } from '../typed-event.js';

/** Which tokens there are, and whether they are good. */
export const tokensProjection: Projection = {
  name: 'tokens',
  readBack: true,
  version: 2,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
  },
};

const handlers: Handlers = {
  TokenCreated({ tokenId, secretHash, name, grants, expiresAt }, { metadata }, db) {
    db.run(
      'INSERT INTO tokens (token_id, secret_hash, name, grants, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
      tokenId,
      secretHash,
      name,
      JSON.stringify(grants),
      metadata.occurredAt,
      expiresAt ?? null,
    );
  },
  TokenRevoked({ tokenId }, { metadata }, db) {
    db.run('UPDATE tokens SET revoked_at = ? WHERE token_id = ?', metadata.occurredAt, tokenId);
  },
  TokenUsed({ tokenId, at }, _recorded, db) {
    db.run('UPDATE tokens SET last_used_at = ? WHERE token_id = ?', at, tokenId);
  },
};
