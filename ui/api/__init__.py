"""The API: named endpoints for scripts (gradio_client) and for MCP clients. The page does not use them."""
