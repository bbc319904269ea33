Console.WriteLine("Benchmarks follow.");
