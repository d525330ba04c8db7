# Patina in a container; see docs/deploying.md. Not tried with a real Docker daemon.
#   docker build -t patina .                              CPU
#   docker build -t patina:cuda --build-arg TORCH=cuda .  NVIDIA
FROM python:3.11-slim

ARG TORCH=cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
WORKDIR /opt/patina

# First torch, the largest part, so that a change of Patina's does not fetch it again. Its usual build has CUDA.
COPY requirements.txt .
RUN if [ "$TORCH" = cpu ]; then \
        index="--index-url https://download.pytorch.org/whl/cpu"; \
    fi; \
    pip install $(grep -E '^torch(vision)?[>=<]' requirements.txt) $index
RUN pip install -r requirements.txt 'psycopg[binary]>=3.2,<4'

COPY . .
RUN useradd --system --create-home patina && mkdir /data && chown patina /data
USER patina
ENV PATINA_DATA_DIR=/data HF_HOME=/data/hub
# The networks that ship with Patina, made ready for a CPU, so that the first visitor need not wait for that.
RUN python -m models prepare
VOLUME /data
EXPOSE 7860
CMD ["python", "app.py", "--host", "0.0.0.0", "--port", "7860"]
