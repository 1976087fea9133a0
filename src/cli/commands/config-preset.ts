import { closest } from 'fastest-levenshtein';
import { listPresets, readPreset, type Preset } from '../../../etl/preset.ts';
import { Problem } from '../../../schema/problem.ts';
import { printTable } from '../table.ts';

/** Prints one preset as it stands, or the list of all. */
export function printPreset(name: string | undefined, { json }: { json?: boolean }): void {
  const names = listPresets();
  if (name === undefined) {
    const presets = names.map((each) => readPreset(each) as Preset);
    if (json)
      console.log(
        JSON.stringify(
          presets.map(({ text: _, ...preset }) => preset),
          null,
          2,
        ),
      );
    else
      printTable(
        presets.map((preset) => ({
          preset: preset.name,
          kind: preset.kind,
          entities: preset.entities.join(', '),
          against: preset.against,
        })),
        80,
      );
    return;
  }
  const preset = readPreset(name);
  if (!preset)
    throw new Problem(
      `There is no preset ${name}; did you mean ${closest(name, names)}? "pulse config preset" lists all.`,
      { exitCode: 2 },
    );
  if (json) console.log(JSON.stringify(preset, null, 2));
  else process.stdout.write(preset.text);
}
