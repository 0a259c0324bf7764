module binding_test

go 1.19

require sepflow.org/sepflow v0.0.0

replace sepflow.org/sepflow => ../../../runtime/bindings/go
