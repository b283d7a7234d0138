"""Learning the desk on people who do not exist.

    from unisson.training.demo import seed
    seed(patients=300, today=clock.today())

makes the demo practice in an empty database: two sites, five practitioners,
their patients, and a day half played.
"""
