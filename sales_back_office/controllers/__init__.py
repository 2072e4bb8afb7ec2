from . import sbo_attachment
