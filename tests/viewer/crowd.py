"""Large stores, made of the rows of a small one."""

from gym_anything.store import tables
from gym_anything.store.rows import EPISODES, FRAMES, STEPS

SHARD = 125  # episodes in one file
SCHEMAS = {"episodes": EPISODES, "steps": STEPS, "frames": FRAMES}


def many(store_folder, folder, count):
    """A store of `count` episodes, as the last one of `store_folder`, in shards."""
    rows = {
        table: [
            row
            for path in sorted((store_folder / table).glob("*.parquet"))
            for row in tables.read_table(path)
        ]
        for table in SCHEMAS
    }
    model = rows["episodes"][-1]
    own = {
        t: [row for row in found if row["episode"] == model["episode"]] for t, found in rows.items()
    }
    for start in range(0, count, SHARD):
        numbers = range(start, min(count, start + SHARD))
        for table, schema in SCHEMAS.items():
            tables.write_table(
                folder / table,
                f"{start:06d}",
                schema,
                [_copy(row, number) for number in numbers for row in own[table]],
            )
    return folder


def _copy(row, number):
    changes = {"episode": f"{number:020x}"}
    if "seed" in row:
        changes |= {"seed": number, "level": 1 + number % 6, "agent": f"agent {number % 3}"}
    return row | changes


def renamed(store_folder, name):
    """The same store; its only episode has another name."""
    for table, schema in SCHEMAS.items():
        (path,) = (store_folder / table).glob("*.parquet")
        changed = [row | {"episode": name} for row in tables.read_table(path)]
        tables.write_table(store_folder / table, path.stem, schema, changed)
    return store_folder
