"""The texts of kernels are those whose hashes are committed: no change of the code alters physics unseen."""

import json
from abc import ABC
from inspect import isabstract

import golden_kernels
import pytest
from golden_kernels import TABLE, golden_texts
from warp_kernels import decorated

from sparselbm.models.boundary import BoundaryCondition
from sparselbm.models.collision import Collision
from sparselbm.models.force import BodyForce
from sparselbm.models.scalar import ScalarBody, ScalarCollision, ScalarCondition
from sparselbm.models.wall import BounceBack
from sparselbm.observe import Observable


@pytest.fixture(scope="module")
def texts():
    return golden_texts()


def test_no_text_has_changed_unseen(texts):
    """Where this fails on purpose: run `python tests/golden/golden_kernels.py`, and say in the commit why texts have changed."""
    known = json.loads(TABLE.read_text())
    changed = [name for name in texts if name in known and texts[name] != known[name]]
    assert not changed, f"{len(changed)} of {len(texts)} kernels have another text: {', '.join(changed)}"
    assert texts.keys() == known.keys()


def test_texts_differ_from_each_other(texts):
    """Two kernels of different models with one text would be a model that is not in the kernel."""
    assert len(set(texts.values())) == len(texts)


def test_every_traced_kernel_is_in_the_table():
    """A kernel that the table does not have is neither watched for changes nor compiled for GPUs."""
    missing = [name for _, name in decorated("traced_kernel") if name not in vars(golden_kernels)]
    assert not missing, f"add {', '.join(missing)} to tests/golden/golden_kernels.py"


MODELS = (BodyForce, BounceBack, BoundaryCondition, Collision, Observable, ScalarBody, ScalarCollision, ScalarCondition)


@pytest.mark.parametrize("family", MODELS, ids=lambda family: family.__name__)
def test_every_model_is_in_the_table(family):
    missing = [model.__name__ for model in concrete(family) if model.__name__ not in vars(golden_kernels)]
    assert not missing, f"add {', '.join(missing)} to tests/golden/golden_kernels.py"


def concrete(family):
    """The package's own classes of a family, without those that are abstract or say so."""
    below = [model for child in family.__subclasses__() for model in concrete(child)]
    is_model = not isabstract(family) and ABC not in family.__bases__ and family.__module__.startswith("sparselbm.")
    return [family, *below] if is_model else below
