Console.WriteLine("Samples follow.");
