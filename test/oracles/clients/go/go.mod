module inference-capture/test/oracles/clients/go

go 1.26

require github.com/aws/aws-lambda-go v1.55.1

require inference-capture/clients/go v0.0.0

replace inference-capture/clients/go => ../../../../clients/go
