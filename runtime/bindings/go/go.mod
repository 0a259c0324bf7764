module sepflow.org/sepflow

go 1.19
