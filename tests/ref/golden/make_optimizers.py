#!/usr/bin/env python3
"""Writes optimizer-NAME.json for the optimizers that treat every element alike. Needs PyTorch 2.15."""
from golden import write
from optimizer import plain_case, refused_case

SINK = {'5': 0.5, '9': 0.1}  # a schedule
MOMENTUM = {'SGD': (('momentum to zero and back', {'1': 0.9, '3': 0, '5': 0.7, '9': 0, '11': 0.5}, {'lr': 0.1, 'momentum': 0.9}),
                    ('momentum from zero, dampening', {'1': 0, '4': 0.8, '7': 0, '8': 0.6},
                     {'lr': 0.1, 'momentum': 0.9, 'dampening': 0.3, 'weight_decay': 0.1}),
                    ('momentum to zero, nesterov', {'3': 0, '6': 0.9}, {'lr': 0.1, 'momentum': 0.9, 'nesterov': True})),
            'RMSprop': (('momentum to zero and back', {'1': 0.9, '3': 0, '5': 0.7, '9': 0, '11': 0.5},
                         {'lr': 0.1, 'momentum': 0.9}),
                        ('momentum to zero, centered', {'2': 0, '6': 0.9}, {'lr': 0.1, 'momentum': 0.5, 'centered': True}))}
CASES = {
    'SGD': (('defaults', {}), ('momentum', {'lr': 0.1, 'momentum': 0.9}),
            ('momentum, dampening, decay', {'lr': 0.1, 'momentum': 0.8, 'dampening': 0.3, 'weight_decay': 0.1}),
            ('nesterov, decay', {'lr': 0.1, 'momentum': 0.7, 'nesterov': True, 'weight_decay': 0.05}),
            ('maximize, decay', {'lr': 0.1, 'maximize': True, 'weight_decay': 0.1})),
    'Adam': (('defaults', {}), ('short memory, large eps', {'lr': 0.1, 'betas': [0.3, 0.5], 'eps': 0.01}),
             ('amsgrad, decay', {'lr': 0.1, 'betas': [0.9, 0.6], 'amsgrad': True, 'weight_decay': 0.1}),
             ('decoupled decay', {'lr': 0.1, 'weight_decay': 0.1, 'decoupled_weight_decay': True}),
             ('maximize', {'lr': 0.1, 'maximize': True})),
    'AdamW': (('defaults', {}), ('short memory, large eps', {'lr': 0.1, 'betas': [0.3, 0.5], 'eps': 0.01}),
              ('amsgrad, decay', {'lr': 0.1, 'betas': [0.9, 0.6], 'amsgrad': True, 'weight_decay': 0.3}),
              ('no decay, maximize', {'lr': 0.1, 'weight_decay': 0, 'maximize': True})),
    'Adamax': (('defaults', {}), ('decay', {'lr': 0.1, 'weight_decay': 0.1}),
               ('short memory, large eps', {'lr': 0.1, 'betas': [0.3, 0.5], 'eps': 0.01}),
               ('maximize, decay', {'lr': 0.1, 'maximize': True, 'weight_decay': 0.1})),
    'NAdam': (('defaults', {}), ('decay, momentum decay', {'lr': 0.1, 'weight_decay': 0.1, 'momentum_decay': 0.3}),
              ('decoupled decay', {'lr': 0.1, 'weight_decay': 0.1, 'decoupled_weight_decay': True}),
              ('short memory, large eps', {'lr': 0.1, 'betas': [0.3, 0.5], 'eps': 0.01, 'momentum_decay': 0}),
              ('maximize', {'lr': 0.1, 'maximize': True})),
    'RAdam': (('defaults', {}), ('decay', {'lr': 0.1, 'weight_decay': 0.1}),
              ('decoupled decay', {'lr': 0.1, 'weight_decay': 0.1, 'decoupled_weight_decay': True}),
              ('short memory: never rectified', {'lr': 0.1, 'betas': [0.3, 0.5], 'eps': 0.01}),
              ('middling memory, maximize', {'lr': 0.1, 'betas': [0.8, 0.9], 'maximize': True})),
    'RMSprop': (('defaults', {}), ('decay', {'lr': 0.1, 'weight_decay': 0.1, 'alpha': 0.9, 'eps': 1e-3}),
                ('centered', {'lr': 0.1, 'centered': True, 'alpha': 0.3}),
                ('momentum', {'lr': 0.1, 'momentum': 0.9}),
                ('centered, momentum, decay, maximize', {'lr': 0.1, 'centered': True, 'momentum': 0.5,
                                                         'weight_decay': 0.1, 'maximize': True})),
    'Adagrad': (('defaults', {}), ('lr decay, decay', {'lr': 0.1, 'lr_decay': 0.1, 'weight_decay': 0.1}),
                ('initial sum, large eps', {'lr': 0.1, 'initial_accumulator_value': 0.4, 'eps': 0.01}),
                ('maximize', {'lr': 0.1, 'maximize': True})),
    'Adadelta': (('defaults', {}), ('rho, decay', {'lr': 0.5, 'rho': 0.3, 'weight_decay': 0.1}),
                 ('large eps', {'eps': 0.01}), ('maximize', {'maximize': True, 'weight_decay': 0.1}),
                 ('rho 1', {'rho': 1.0}), ('rho 0', {'rho': 0.0})),
    'ASGD': (('defaults', {}), ('lambda, alpha, decay', {'lr': 0.1, 'lambd': 0.1, 'alpha': 0.5, 'weight_decay': 0.1}),
             ('averaging from step 4', {'lr': 0.1, 't0': 4}), ('maximize', {'lr': 0.1, 'maximize': True})),
    'Rprop': (('defaults', {}), ('other etas', {'lr': 0.1, 'etas': [0.3, 1.5]}),
              ('narrow step sizes', {'lr': 0.1, 'step_sizes': [0.05, 0.13]}), ('maximize', {'maximize': True})),
}
REFUSED = {
    'SGD': (('nesterov without momentum', {'nesterov': True}),
            ('nesterov with dampening', {'nesterov': True, 'momentum': 0.9, 'dampening': 0.1})),
    'Adam': (('beta of 1', {'betas': [1.0, 0.999]}), ('negative lr', {'lr': -0.1})),
    'AdamW': (('negative beta', {'betas': [0.9, -0.1]}), ('negative decay', {'weight_decay': -0.1})),
    'Adamax': (('beta of 1', {'betas': [0.9, 1.0]}), ('negative eps', {'eps': -1e-8})),
    'NAdam': (('negative momentum decay', {'momentum_decay': -0.1}),),
    'RAdam': (('beta of 1', {'betas': [0.9, 1.0]}),),
    'RMSprop': (('negative alpha', {'alpha': -0.1}),),
    'Adagrad': (('negative lr decay', {'lr_decay': -0.1}), ('negative sum', {'initial_accumulator_value': -0.1})),
    'Adadelta': (('rho above 1', {'rho': 1.1}),),
    'ASGD': (('negative decay', {'weight_decay': -0.1}),),
    'Rprop': (('first eta above 1', {'etas': [1.1, 1.2]}), ('second eta below 1', {'etas': [0.5, 0.9]})),
}

for kind, cases in CASES.items():
    made = [plain_case(kind, name, **params) for name, params in cases]
    made.append(plain_case(kind, 'schedule', lrs=SINK, **cases[min(1, len(cases) - 1)][1]))
    made += [plain_case(kind, name, momenta=momenta, **params) for name, momenta, params in MOMENTUM.get(kind, ())]
    made += [refused_case(kind, name, **params) for name, params in REFUSED.get(kind, ())]
    write('optimizer', kind, made)
