# The function under /var/task, and the extension beside it under /opt. `make build` first: the image takes what it made.

# The extension alone, for the image of any function: see docs/packages.md.
FROM scratch AS extension
COPY dist/extension /opt

FROM public.ecr.aws/lambda/nodejs:24

# onnxruntime: its JavaScript is in the bundle; its native library, of all platforms the one of Lambda's x86_64.
COPY node_modules/onnxruntime-node/bin/napi-v6/linux/x64 ${LAMBDA_TASK_ROOT}/node_modules/onnxruntime-node/bin/napi-v6/linux/x64

COPY --from=extension /opt /opt
COPY dist/function ${LAMBDA_TASK_ROOT}

CMD ["index.handler"]
