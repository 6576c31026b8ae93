// Statistics over columns of numbers.
