module inference-capture/clients/go

go 1.24
