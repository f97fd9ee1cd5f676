import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../src/adapters/embedded/embedded.ts';
import { MemoryCluster } from '../../src/adapters/memory/cluster.ts';
import { connectMemoryLog } from '../../src/adapters/memory/log.ts';
import { MemoryStoreServer } from '../../src/adapters/memory/store-server.ts';
import { connectMemoryStore } from '../../src/adapters/memory/store.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { eventLogConformance } from './event-log.suite.ts';
import { stateStoreConformance } from './state-store.suite.ts';

const clock = systemClock();

async function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'parley-'));
  const opened = await openEmbedded(folder, { clock });
  const close = async (): Promise<void> => {
    await opened.log.close();
    rmSync(folder, { recursive: true });
  };
  return { ...opened, close };
}

eventLogConformance('memory', async () => {
  const log = connectMemoryLog(new MemoryCluster({ clock }));
  return { log, close: () => log.close() };
});
eventLogConformance('embedded', async () => openFolder());

stateStoreConformance('memory', async () => {
  const store = connectMemoryStore(new MemoryStoreServer());
  return { store, close: () => store.close() };
});
stateStoreConformance('embedded', async () => openFolder());
