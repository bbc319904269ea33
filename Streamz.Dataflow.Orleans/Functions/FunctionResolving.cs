using System.Reflection;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Orleans.Functions;

/// <summary>The resolving of one function and of those that it captures.</summary>
internal sealed class FunctionResolving(ValueSerializer values, TrustedAssemblies trusted)
{
    private const int MethodDefinition = 0x06;

    private readonly Dictionary<TargetReference, object> _closures = new(ReferenceEqualityComparer.Instance);

    public static string NameOf(FunctionReference? reference) => string.IsNullOrEmpty(reference?.Display) ? "A function without a name" : reference.Display;

    public Delegate Resolve(FunctionReference reference, int depth)
    {
        var display = NameOf(reference);
        if (depth > Closures.MaxDepth)
        {
            throw Refusal(display, "it captures functions that capture functions, and so on.");
        }

        var assembly = trusted.Find(reference.Assembly, reference.Mvid, display);
        var method = MethodOf(reference, assembly, display);
        var type = TypeResolver.Resolve(reference.Delegate, assembly);
        if (!type.IsSealed || !typeof(MulticastDelegate).IsAssignableFrom(type))
        {
            throw Refusal(display, $"{TypeNames.Of(type)} is no type of delegate.");
        }

        var function = Delegate.CreateDelegate(type, TargetOf(reference, method, display, depth), method, throwOnBindFailure: false);

        // A virtual method is bound to what overrides it.
        return function is not null && function.Method.Module == method.Module
            ? function
            : throw Refusal(display, $"the method has not the shape of {TypeNames.Of(type)}.");
    }

    private static MethodInfo MethodOf(FunctionReference reference, Assembly assembly, string display)
    {
        // References to members and instantiations, the other tokens of methods, may be of any assembly.
        if (reference.Token >>> 24 != MethodDefinition)
        {
            throw Refusal(display, $"0x{reference.Token:X8} is no token of a method of {reference.Assembly}.");
        }

        if (ResolveToken(reference.Token, assembly) is not MethodInfo { IsAbstract: false, DeclaringType: { } declaring } method || method.Module.Assembly != assembly)
        {
            throw Refusal(display, $"0x{reference.Token:X8} is no method of {reference.Assembly} that could be called.");
        }

        if (TrustedAssemblies.Objection(method) is { } objection)
        {
            throw Refusal(display, $"it {objection}");
        }

        if (declaring.IsGenericTypeDefinition || reference.TypeArguments.Length > 0)
        {
            var closed = declaring.MakeGenericType(Array.ConvertAll(reference.TypeArguments, argument => TypeResolver.Resolve(argument, assembly)));
            method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, closed.TypeHandle)!;
        }

        return method.IsGenericMethodDefinition || reference.MethodArguments.Length > 0
            ? method.MakeGenericMethod(Array.ConvertAll(reference.MethodArguments, argument => TypeResolver.Resolve(argument, assembly)))
            : method;
    }

    private static MethodBase? ResolveToken(int token, Assembly assembly)
    {
        try
        {
            return assembly.ManifestModule.ResolveMethod(token);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private object? TargetOf(FunctionReference reference, MethodInfo method, string display, int depth)
    {
        var declaring = method.DeclaringType!;
        if (reference.Target is not { } target)
        {
            return method.IsStatic ? null
                : Closures.IsStateless(declaring) ? RuntimeHelpers.GetUninitializedObject(declaring)
                : throw Refusal(display, "there is nothing that it could be called on.");
        }

        if (target.Value is null)
        {
            return ClosureOf(target, method.IsStatic ? null : declaring, declaring.Assembly, display, depth);
        }

        var declared = !method.IsStatic ? declaring
            : method.GetParameters() is [{ ParameterType: { IsValueType: false } first }, ..] ? first
            : throw Refusal(display, "it cannot be bound to a value.");
        return Closures.IsClosure(declaring) || values.Deserialize(declared, target.Value) is not { } value
            ? throw Refusal(display, "there is nothing that it could be called on.")
            : value;
    }

    private object ClosureOf(TargetReference reference, Type? type, Assembly assembly, string display, int depth)
    {
        if (type is null || type.Assembly != assembly || !Closures.IsClosure(type))
        {
            throw Refusal(display, "what it captures is not of a class that the compiler makes for it.");
        }

        if (_closures.TryGetValue(reference, out var known))
        {
            return known.GetType() == type ? known : throw Refusal(display, "what it captures is of two kinds at once.");
        }

        if (depth > Closures.MaxDepth)
        {
            throw Refusal(display, "it captures scopes in scopes, and so on.");
        }

        var closure = RuntimeHelpers.GetUninitializedObject(type);
        _closures.Add(reference, closure);
        var fields = Closures.FieldsOf(type);

        // Those that are not sent are not used.
        foreach (var captured in reference.Fields)
        {
            var field = Array.Find(fields, field => field.Name == captured.Name) ?? throw Refusal(display, $"it captures no '{captured.Name}' here.");
            field.SetValue(closure, ValueOf(captured, field, assembly, display, depth + 1));
        }

        return closure;
    }

    private object? ValueOf(CapturedField captured, FieldInfo field, Assembly assembly, string display, int depth)
    {
        if (Closures.IsClosure(field.FieldType))
        {
            return captured.Closure is { } closure ? ClosureOf(closure, field.FieldType, assembly, display, depth) : null;
        }

        if (typeof(Delegate).IsAssignableFrom(field.FieldType))
        {
            return captured.Function is { } function ? Resolve(function, depth) : null;
        }

        return values.Deserialize(field.FieldType, captured.Value ?? throw Refusal(display, $"it captures nothing as '{field.Name}'."));
    }

    private static FunctionRefusedException Refusal(string display, string reason) => new($"{display}: {reason}");
}
