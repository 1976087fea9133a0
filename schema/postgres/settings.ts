import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

const MB = 1024 * 1024;

/** Memory this process may really use: a container's limit counts, not the machine's. */
function readMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** Given at every start rather than written to postgresql.conf, so a moved home adapts to its machine. */
export function chooseSettings(
  memory = readMemory(),
  cores = availableParallelism(),
): Record<string, string> {
  const share = (part: number, least: number, most: number) =>
    `${Math.round(Math.min(Math.max((memory * part) / MB, least), most))}MB`;
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %d ',
    log_checkpoints: 'off',
    // The system's own cache serves the rest: pages and loads took the same CPU with 256 as with 1024 MB.
    shared_buffers: share(0.25, 64, 256),
    effective_cache_size: share(0.6, 128, 65_536),
    work_mem: share(0.004, 8, 64),
    maintenance_work_mem: share(0.04, 64, 512),
    max_wal_size: '2GB',
    // Nobody replicates the embedded one: an index or a table needs no log in the transaction that makes it.
    wal_level: 'minimal',
    max_wal_senders: '0',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    jit: 'off',
    max_parallel_workers_per_gather: String(Math.min(Math.max(cores - 1, 0), 4)),
    ...(hasSmallSharedMemory() && { dynamic_shared_memory_type: 'mmap' }),
  };
}

/** Docker gives 64 MB of /dev/shm, where a parallel hash join dies with "no space left on device". */
function hasSmallSharedMemory(): boolean {
  if (process.platform !== 'linux') return false;
  if (!existsSync('/dev/shm')) return true;
  const { bsize, blocks } = statfsSync('/dev/shm');
  return bsize * blocks < 256 * MB;
}
