"""The data plane of AI accounts: who may call a model. There is no model behind it."""
