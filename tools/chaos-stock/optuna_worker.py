"""A worker of an Optuna grid, as its documentation has it: every process calls optimize() on one study.

argv: storage ("journal:FILE" or a database address), cells, seconds a cell, address of the database for starts and results, "create" or "work".
Heartbeats and retries are switched on where the storage has them: by default a killed worker's trial stays in state RUNNING.
"""
import os
import sys
import time

import optuna
import psycopg2

storage_name, cells, seconds, database, what = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]
optuna.logging.set_verbosity(optuna.logging.ERROR)


def storage():
    if storage_name.startswith("journal:"):
        return optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(storage_name[len("journal:"):]))
    return optuna.storages.RDBStorage(
        storage_name.replace("postgres://", "postgresql://"),
        heartbeat_interval=1, grace_period=4,
        failed_trial_callback=optuna.storages.RetryFailedTrialCallback(),
    )


def write(statement, values):
    connection = psycopg2.connect(database)
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
    connection.close()


def objective(trial):
    cell = trial.suggest_int("cell", 0, cells - 1)
    write("insert into starts (cell, worker) values (%s, %s)", (cell, os.getpid()))
    time.sleep(seconds)
    write("insert into results (cell, value, worker) values (%s, %s, %s)", (cell, cell * cell, os.getpid()))
    return float(cell * cell)


sampler = optuna.samplers.GridSampler({"cell": list(range(cells))}, seed=0)
study = optuna.create_study(study_name="grid", storage=storage(), sampler=sampler, load_if_exists=True)
if what == "work":
    study.optimize(objective)
