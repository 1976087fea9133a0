import type { Client } from 'pg';

/**
 * Gives each node the smallest key that it is connected with. `nodes` is a temporary table with `key` and the column to
 * be written, which holds the node's own key; `edges` has `a` and `b`. Labels jump along labels, so that a chain of n
 * records takes about log n rounds.
 */
export async function label(client: Client, nodes: string, edges: string, column: string): Promise<void> {
  for (;;) {
    const { rowCount: hooked } = await client.query(`
      update ${nodes} n set ${column} = m.label
      from (
        select key, min(label) as label from (
          select x.${column} as key, y.${column} as label from ${edges}
            join ${nodes} x on x.key = a join ${nodes} y on y.key = b where y.${column} < x.${column}
          union all
          select y.${column}, x.${column} from ${edges}
            join ${nodes} x on x.key = a join ${nodes} y on y.key = b where x.${column} < y.${column}
        ) seen group by key
      ) m
      where n.key = m.key and m.label < n.${column}`);
    if (!hooked) return;
    let jumped: number | null = 1;
    while (jumped)
      ({ rowCount: jumped } = await client.query(`
        update ${nodes} n set ${column} = p.${column} from ${nodes} p
        where p.key = n.${column} and p.${column} < n.${column}`));
  }
}
