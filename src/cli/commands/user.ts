import { Option } from 'commander';
import type { Command } from 'commander';
import { roles } from '../../lib/viewer.ts';
import type { Role } from '../../lib/viewer.ts';
import { askPeople } from '../people.ts';
import { findPlace } from '../place.ts';
import type { Place } from '../place.ts';
import { withWarehouse } from '../stack/session.ts';
import { createSteps } from '../steps.ts';
import { printTable } from '../table.ts';

type Json = { json?: boolean };
type New = Json & { name?: string; role: Role; locale: 'ru' | 'en'; passwordStdin?: boolean };

export function addUser(program: Command): void {
  const user = program.command('user').description('people who may log in');

  user
    .command('add')
    .description('add a person and print a generated password, once')
    .argument('<email>')
    .option('--name <name>', 'how to address the person; by default the part before the @')
    .addOption(
      new Option('--role <role>', 'what the person may see and do').choices(roles).default('manager'),
    )
    .addOption(
      new Option('--locale <language>', 'language of pages and mails').choices(['ru', 'en']).default('ru'),
    )
    .option('--password-stdin', 'read the password from stdin instead of making one')
    .option('--json', 'print JSON')
    .action(async (email: string, { name, role, locale, passwordStdin, json }: New) => {
      const password = passwordStdin ? await readStdin() : undefined;
      const person = { email, name: name ?? email.split('@')[0] ?? email, role, locale };
      const added = await open((place, warehouse) =>
        askPeople(place, warehouse, 'add', password === undefined ? person : { ...person, password }),
      );
      if (json) console.log(JSON.stringify(passwordStdin ? { ...added, password: undefined } : added));
      else
        console.log(
          passwordStdin ? `Added ${added.email}` : `Added ${added.email}, password ${added.password}`,
        );
    });

  user
    .command('list')
    .description('all people')
    .option('--json', 'print JSON')
    .action(async ({ json }: Json) => {
      const people = await open((place, warehouse) => askPeople(place, warehouse, 'list'));
      if (json) console.log(JSON.stringify(people, null, 2));
      else if (people.length === 0)
        console.log('There is nobody yet: run "pulse start" or "pulse user add".');
      else
        printTable(
          people.map(({ email, name, role, is_disabled }) => ({ email, name, role, disabled: is_disabled })),
        );
    });

  user
    .command('disable')
    .description('close the door to a person at once')
    .argument('<email>')
    .option('--json', 'print JSON')
    .action(async (email: string, { json }: Json) => {
      await open((place, warehouse) => askPeople(place, warehouse, 'disable', email));
      console.log(json ? JSON.stringify({ email, disabled: true }) : `Disabled ${email}`);
    });
}

function open<T>(work: (place: Place, warehouse: string) => Promise<T>): Promise<T> {
  const place = findPlace();
  return withWarehouse(place, createSteps(process.stderr), ({ warehouse }) => work(place, warehouse));
}

async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text.replace(/\r?\n$/, '');
}
